using System.Globalization;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>A directory to which files are moved in whole.</summary>
internal sealed class CaseFiles : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("millrace-");

    public CaseFiles() => Directory.CreateDirectory(Watched);

    public string Watched => Path.Combine(_root.FullName, "in");

    public void Write(int number, string text, long modifiedMs)
    {
        var name = number.ToString(CultureInfo.InvariantCulture);
        var path = Path.Combine(_root.FullName, name);
        File.WriteAllText(path, text + "\n");
        File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeMilliseconds(modifiedMs).UtcDateTime);
        File.Move(path, Path.Combine(Watched, name));
    }

    public void Dispose() => _root.Delete(recursive: true);
}
