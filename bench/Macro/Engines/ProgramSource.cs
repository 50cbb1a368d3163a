using System.Reflection;
using System.Text;

namespace Millrace.Bench.Macro.Engines;

/// <summary>Finds the text of a user program in the embedded sources of this folder.</summary>
internal static class ProgramSource
{
    private const string Start = "// program: ";
    private const string End = "// end";

    /// <summary>All blocks marked with these three words, outdented; in the order of the files' names. A block may have several marks, one a line.</summary>
    public static string Read(string engine, string workload, string variant)
    {
        // The product runs the same programs however it is hosted.
        var marker = $"{Start}{(engine.StartsWith(EngineCatalog.InMemory, StringComparison.Ordinal) ? EngineCatalog.InMemory : engine)} {workload} {variant}";
        var text = new StringBuilder();
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var file in assembly.GetManifestResourceNames().Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(file)!);
            AppendBlocks(text, reader.ReadToEnd().Split('\n'), marker);
        }

        return text.Length > 0
            ? text.ToString().TrimEnd()
            : throw new InvalidOperationException($"A block '{marker}' expected in the engine's source, none found.");
    }

    private static void AppendBlocks(StringBuilder text, string[] lines, string marker)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() != marker) continue;

            var indent = lines[i].IndexOf(Start, StringComparison.Ordinal);
            while (lines[i].TrimStart().StartsWith(Start, StringComparison.Ordinal)) i++;
            for (; lines[i].Trim() != End; i++) text.AppendLine(lines[i].Length > indent ? lines[i][indent..] : "");
            text.AppendLine();
        }
    }
}
