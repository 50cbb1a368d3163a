using System.Globalization;
using System.Text;
using Millrace.Connectors.Files;

namespace Millrace.Connectors.Logs;

/// <summary>The files of one partition of a log: segments with their indexes, the mark of its end, and how far named readers are.</summary>
internal sealed class LogPartition(string directory, int number)
{
    private const int NameDigits = 20;

    /// <summary>Where the files are.</summary>
    public string Path { get; } = System.IO.Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"partition-{number}"));

    /// <summary>What a person calls it.</summary>
    public string Description => $"log {FilePaths.Printable(directory)}, partition {number}";

    public string LockPath => System.IO.Path.Combine(Path, "writer.lock");

    private string CompletePath => System.IO.Path.Combine(Path, "complete");

    private string ReadersPath => System.IO.Path.Combine(Path, "readers");

    public string SegmentPath(long first) => System.IO.Path.Combine(Path, Name(first) + ".log");

    public string IndexPath(long first) => System.IO.Path.Combine(Path, Name(first) + ".index");

    /// <summary>The first offsets of the segments, in order.</summary>
    public List<long> Segments()
    {
        var segments = new List<long>();
        foreach (var path in Directory.EnumerateFiles(Path, "*.log"))
        {
            var name = System.IO.Path.GetFileNameWithoutExtension(path);
            if (name.Length == NameDigits && long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var first))
                segments.Add(first);
        }

        segments.Sort();
        return segments;
    }

    /// <summary>The offset behind the last record of all, once there is one; null while more may come.</summary>
    public long? ReadCompletion() => File.Exists(CompletePath) ? ReadNumber(CompletePath) : null;

    public void WriteCompletion(long end) => WriteNumber(CompletePath, end);

    /// <summary>How far the slowest named reader is; null where there are none.</summary>
    public long? ReadReleased() =>
        Directory.Exists(ReadersPath) && Directory.GetFiles(ReadersPath, "*.offset") is { Length: > 0 } paths ? paths.Min(ReadNumber) : null;

    /// <summary>How far a named reader is; null where it has never said.</summary>
    public long? ReadReleased(string reader) => File.Exists(ReaderPath(reader)) ? ReadNumber(ReaderPath(reader)) : null;

    /// <summary>Says how far a named reader is. Not durable: an older answer keeps more.</summary>
    public void WriteReleased(string reader, long offset)
    {
        Directory.CreateDirectory(ReadersPath);
        var temporary = ReaderPath(reader) + ".tmp";
        File.WriteAllText(temporary, offset.ToString(CultureInfo.InvariantCulture));
        File.Move(temporary, ReaderPath(reader), overwrite: true);
    }

    public LogException Damaged(long first, long position, string found) => new(
        $"{Description}: an intact record expected in {Name(first)}.log at byte {position}, {found} found; restore the file from a copy, or move it away with those behind it.");

    private static string Name(long first) => first.ToString("D" + NameDigits, CultureInfo.InvariantCulture);

    private static void WriteNumber(string path, long number) => DurableFiles.Replace(path, Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));

    private string ReaderPath(string reader) => System.IO.Path.Combine(ReadersPath, reader + ".offset");

    private long ReadNumber(string path) => long.TryParse(File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new LogException($"{Description}: a number expected in {FilePaths.Printable(path)}, something else found; remove the file.");
}
