using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Rows as bytes: one or more chunks, each with a <see cref="RowChunkHeader"/>, whose bodies one after the other are the row.</summary>
/// <remarks>
/// Written by hand, so that no change of a class changes what old rows mean; <c>tests/Golden/journal</c> holds a row of each kind.
/// A new field is a new format version. Parts of tasks must be <see cref="EncodedDelta"/> or null.
/// </remarks>
internal static class RowCodec
{
    /// <param name="chunkSize">Largest size of a chunk in bytes, its header included.</param>
    /// <exception cref="InvalidOperationException">A task's part is no <see cref="EncodedDelta"/>, or all of them are larger than 1 GiB together.</exception>
    public static ImmutableArray<byte[]> Encode(JournalRows.Row row, int chunkSize)
    {
        using var writer = new RowWriter(chunkSize);
        return writer.Finish(WriteBody(writer, row));
    }

    /// <param name="kind">From the header of its chunks.</param>
    /// <param name="body">Of all chunks; parts of tasks go on referring to it.</param>
    /// <exception cref="RowFormatException">The bytes don't make a row of this kind.</exception>
    public static JournalRows.Row Decode(RowKind kind, ReadOnlyMemory<byte> body)
    {
        var reader = new RowReader(body);
        var row = ReadBody(kind, reader);
        reader.End();
        return row;
    }

    private static RowKind WriteBody(RowWriter writer, JournalRows.Row row)
    {
        switch (row)
        {
            case JournalRows.LeaseTaken lease:
                writer.UInt64(lease.Holder.Value);
                return RowKind.LeaseTaken;
            case JournalRows.Opened opened:
                HistoryCodec.Write(writer, opened);
                return RowKind.Opened;
            case JournalRows.Planned planned:
                HistoryCodec.Write(writer, planned.Plan);
                return RowKind.Planned;
            case JournalRows.Attempted attempted:
                HistoryCodec.Write(writer, attempted.Attempt);
                return RowKind.Attempted;
            case JournalRows.Committed committed:
                HistoryCodec.Write(writer, committed.Epoch);
                return RowKind.Committed;
            case JournalRows.Snapshotted snapshotted:
                HistoryCodec.Write(writer, snapshotted);
                return RowKind.Snapshotted;
            case JournalRows.Closed closed:
                HistoryCodec.Write(writer, closed);
                return RowKind.Closed;
            case JournalRows.Sealed sealedBy:
                writer.Int64(sealedBy.By);
                return RowKind.Sealed;
            case JournalRows.EpochDeltas deltas:
                TaskPartsCodec.Write(writer, deltas);
                return RowKind.EpochDeltas;
            case JournalRows.TaskImage image:
                TaskPartsCodec.Write(writer, image);
                return RowKind.TaskImage;
            case JournalRows.JobsBooked booked:
                JobBookCodec.Write(writer, booked.Book);
                return RowKind.JobsBooked;
            default:
                throw new InvalidOperationException($"A row of the protocol expected, {row.GetType().Name} found.");
        }
    }

    private static JournalRows.Row ReadBody(RowKind kind, RowReader reader) => kind switch
    {
        RowKind.LeaseTaken => new JournalRows.LeaseTaken(new(reader.UInt64())),
        RowKind.Opened => HistoryCodec.ReadOpened(reader),
        RowKind.Planned => new JournalRows.Planned(HistoryCodec.ReadPlan(reader)),
        RowKind.Attempted => new JournalRows.Attempted(HistoryCodec.ReadAttempt(reader)),
        RowKind.Committed => new JournalRows.Committed(HistoryCodec.ReadCommitted(reader)),
        RowKind.Snapshotted => HistoryCodec.ReadSnapshotted(reader),
        RowKind.Closed => HistoryCodec.ReadClosed(reader),
        RowKind.Sealed => new JournalRows.Sealed(reader.Int64()),
        RowKind.EpochDeltas => TaskPartsCodec.ReadEpochDeltas(reader),
        RowKind.TaskImage => TaskPartsCodec.ReadTaskImage(reader),
        RowKind.JobsBooked => new JournalRows.JobsBooked(JobBookCodec.Read(reader)),
        _ => throw new RowFormatException($"a known kind of row expected, kind {(byte)kind} found"),
    };
}
