using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Rows that carry parts of tasks: a directory first, then the bytes of all parts, so that one is found without decoding the others.</summary>
/// <remarks>
/// <code>
/// epoch i64, count i32, count × (task i32, generation i32, offset i32, length i32), bytes
/// </code>
/// Offsets count from the first byte behind the directory; a part that is null has offset -1 and length 0.
/// A task's image is such a row with one part.
/// </remarks>
internal static class TaskPartsCodec
{
    private const int EntrySize = 16;
    private const int NoPart = -1;
    private const int PartsSizeMax = 1 << 30;

    private readonly record struct Entry(int Task, int Generation, int Offset, int Length);

    public static void Write(RowWriter writer, JournalRows.EpochDeltas row) =>
        Write(writer, row.Epoch, row.Tasks);

    public static void Write(RowWriter writer, JournalRows.TaskImage row) =>
        Write(writer, row.Epoch, [new(row.Task, row.Generation, row.Image)]);

    public static JournalRows.EpochDeltas ReadEpochDeltas(RowReader reader) =>
        new(reader.Int64(), ReadParts(reader));

    public static JournalRows.TaskImage ReadTaskImage(RowReader reader)
    {
        var epoch = reader.Int64();
        var parts = ReadParts(reader);
        return parts is [var part]
            ? new(epoch, part.Task, part.Generation, part.Delta)
            : throw new RowFormatException($"the image of one task expected, {parts.Length} found");
    }

    private static void Write(RowWriter writer, long epoch, ImmutableArray<JournalRows.TaskDelta> tasks)
    {
        writer.Int64(epoch);
        writer.Int32(tasks.Length);
        long offset = 0;
        foreach (var task in tasks)
        {
            var part = PartOf(task);
            writer.Int32(task.Task);
            writer.Int32(task.Generation);
            writer.Int32(part is null ? NoPart : (int)offset);
            writer.Int32(part?.Bytes.Length ?? 0);
            offset += part?.Bytes.Length ?? 0;
            if (offset > PartsSizeMax)
                throw new InvalidOperationException($"Parts of at most {PartsSizeMax} bytes expected in a row, more found at task {task.Task} of epoch {epoch}; commit more often or use more tasks.");
        }

        foreach (var task in tasks)
        {
            if (PartOf(task) is { } part)
                writer.Bytes(part.Bytes.Span);
        }
    }

    private static EncodedDelta? PartOf(JournalRows.TaskDelta task) => task.Delta switch
    {
        null => null,
        EncodedDelta part => part,
        _ => throw new InvalidOperationException($"Bytes of task {task.Task} expected in a durable row, {task.Delta.GetType().Name} found."),
    };

    private static ImmutableArray<JournalRows.TaskDelta> ReadParts(RowReader reader)
    {
        var directory = reader.List(EntrySize, entry => new Entry(entry.Int32(), entry.Int32(), entry.Int32(), entry.Int32()));
        var bytes = reader.Rest();
        return ImmutableArray.CreateRange(directory, entry => new JournalRows.TaskDelta(entry.Task, entry.Generation, PartAt(entry, bytes)));
    }

    private static EncodedDelta? PartAt(Entry entry, ReadOnlyMemory<byte> bytes)
    {
        if (entry is { Offset: NoPart, Length: 0 })
            return null;
        if (entry.Offset < 0 || entry.Length < 0 || entry.Offset > bytes.Length - entry.Length)
            throw new RowFormatException($"task {entry.Task} within {bytes.Length} bytes expected, {entry.Length} bytes at {entry.Offset} found");
        return new(bytes.Slice(entry.Offset, entry.Length));
    }
}
