using System.Globalization;

namespace Millrace.Chaos.Oracle;

/// <summary>A line of the file sink: <c>source,sequence,key,value,first</c>.</summary>
/// <param name="Source">As in <see cref="InputRecord"/>.</param>
/// <param name="Sequence">As in <see cref="InputRecord"/>.</param>
/// <param name="Key">As in <see cref="InputRecord"/>.</param>
/// <param name="Value">As in <see cref="InputRecord"/>.</param>
/// <param name="First">Number of the first record that was in the slot of this one; its own where there are no slots.</param>
internal readonly record struct FileLine(long Source, long Sequence, long Key, long Value, long First)
{
    private const int Fields = 5;

    /// <param name="record">It.</param>
    /// <param name="slots">Records take turns in so many; 0 for none.</param>
    public static FileLine Of(InputRecord record, int slots) =>
        new(record.Source, record.Sequence, record.Key, record.Value, slots == 0 ? record.Sequence : record.Sequence % slots);

    /// <summary>All lines of the files in a directory, of which temporary ones don't count.</summary>
    public static Multiset<FileLine> ReadAll(string directory) =>
        Directory.Exists(directory) ? [.. Directory.GetFiles(directory, "*.txt").SelectMany(File.ReadLines).Select(Parse)] : [];

    private static FileLine Parse(string line)
    {
        var fields = line.Split(',');
        return fields.Length == Fields
            ? new(Number(fields[0]), Number(fields[1]), Number(fields[2]), Number(fields[3]), Number(fields[4]))
            : throw new OracleException($"A line of {Fields} numbers expected in the files, '{line}' found; the file sink tears lines.");
    }

    private static long Number(string field) => long.Parse(field, CultureInfo.InvariantCulture);
}
