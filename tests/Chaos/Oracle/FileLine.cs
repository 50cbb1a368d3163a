using System.Globalization;

namespace Millrace.Chaos.Oracle;

/// <summary>A line of the file sink: <c>source,sequence,key,value</c>.</summary>
internal readonly record struct FileLine(long Source, long Sequence, long Key, long Value)
{
    private const int Fields = 4;

    public static FileLine Of(InputRecord record) => new(record.Source, record.Sequence, record.Key, record.Value);

    /// <summary>All lines of the files in a directory, of which temporary ones don't count.</summary>
    public static Multiset<FileLine> ReadAll(string directory) =>
        Directory.Exists(directory) ? [.. Directory.GetFiles(directory, "*.txt").SelectMany(File.ReadLines).Select(Parse)] : [];

    private static FileLine Parse(string line)
    {
        var fields = line.Split(',');
        return fields.Length == Fields
            ? new(Number(fields[0]), Number(fields[1]), Number(fields[2]), Number(fields[3]))
            : throw new OracleException($"A line of {Fields} numbers expected in the files, '{line}' found; the file sink tears lines.");
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
