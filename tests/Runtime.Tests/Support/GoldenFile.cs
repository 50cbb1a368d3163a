using System.Runtime.CompilerServices;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Bytes of a format, in hexadecimal, under <c>tests/Golden</c>.</summary>
/// <remarks>After a change that is meant, <c>MILLRACE_WRITE_GOLDEN=1 dotnet test tests/Runtime.Tests</c> writes the files anew.</remarks>
internal static class GoldenFile
{
    /// <summary>What stands there; <paramref name="now"/> where it is to be written anew.</summary>
    public static byte[] Read(string folder, string name, byte[] now)
    {
        var file = Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "Golden", folder, $"{name}.hex");
        if (Environment.GetEnvironmentVariable("MILLRACE_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, Convert.ToHexString(now) + "\n");
        }

        return Convert.FromHexString(File.ReadAllText(file).Trim());
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
