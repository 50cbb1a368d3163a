using System.Reflection;

namespace Millrace.Architecture;

/// <summary>The source tree and the assemblies built from it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Names of the projects under src: <c>Core</c>, <c>Operators</c>, …</summary>
    public static string[] Projects { get; } =
        [.. Directory.GetDirectories(Path.Combine(Root, "src")).Where(HasProject).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    public static Assembly AssemblyOf(string project) => Assembly.Load($"Millrace.{project}");

    /// <summary>Source files under the folders, relative to the root, without what the build made.</summary>
    public static IEnumerable<string> SourceFiles(params string[] folders) =>
        from folder in folders
        where Directory.Exists(Path.Combine(Root, folder))
        from file in Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Root, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        select path;

    private static bool HasProject(string path) => File.Exists(Path.Combine(path, $"Millrace.{Path.GetFileName(path)}.csproj"));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Actors.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"Actors.sln expected above {AppContext.BaseDirectory}, not found.");
    }
}
