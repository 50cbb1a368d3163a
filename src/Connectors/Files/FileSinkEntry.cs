using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Millrace.Serialization;

namespace Millrace.Connectors.Files;

/// <summary>An epoch of one partition in a manifest: what was before, and its files.</summary>
/// <remarks><code>
/// epoch 5 7
/// file part-0-7.txt 4096 120
/// file part-0-7-1.txt 17 1
/// crc 1f2e3d4c
/// </code>the epoch before and this one; name, bytes and rows of each file; the CRC-32C of all lines before. An entry holds one epoch, a block many.</remarks>
internal sealed record FileSinkEntry(long Previous, long Epoch, ImmutableArray<(string Name, long Bytes, long Rows)> Files)
{
    private const int SumLength = 13;

    public static byte[] Format(IEnumerable<FileSinkEntry> entries)
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"epoch {entry.Previous} {entry.Epoch}\n");
            foreach (var (name, bytes, rows) in entry.Files)
                text.Append(CultureInfo.InvariantCulture, $"file {name} {bytes} {rows}\n");
        }

        var lines = text.ToString();
        return Encoding.UTF8.GetBytes(lines + SumOf(Encoding.UTF8.GetBytes(lines)));
    }

    /// <summary>The entries of a file of the manifest; null where it holds none, or is not as it was written.</summary>
    public static List<FileSinkEntry>? Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < SumLength || Encoding.UTF8.GetString(file[^SumLength..]) != SumOf(file[..^SumLength]))
            return null;
        return Parse(Encoding.UTF8.GetString(file[..^SumLength]).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static List<FileSinkEntry>? Parse(string[] lines)
    {
        var entries = new List<FileSinkEntry>();
        foreach (var line in lines)
        {
            switch (line.Split(' '))
            {
                case ["epoch", var before, var number] when TryParse(before, out var previous) && TryParse(number, out var epoch) && epoch > previous:
                    entries.Add(new(previous, epoch, []));
                    break;
                case ["file", var name, var size, var count] when entries.Count > 0 && TryParse(size, out var bytes) && TryParse(count, out var rows)
                    && name == Path.GetFileName(name):
                    entries[^1] = entries[^1] with { Files = entries[^1].Files.Add((name, bytes, rows)) };
                    break;
                default:
                    return null;
            }
        }

        return entries.Count == 0 ? null : entries;
    }

    private static string SumOf(ReadOnlySpan<byte> lines) => string.Create(CultureInfo.InvariantCulture, $"crc {Crc32C.Of(lines):x8}\n");

    private static bool TryParse(string text, out long number) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
