using System.Collections.Immutable;
using System.Diagnostics;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Rows of coordinators and what they are made of: fields in the order of their records, an absent one as a flag of 0.</summary>
internal static class HistoryCodec
{
    private const byte LastBit = 1;
    private const byte VolatileBit = 2;
    private const byte DetailBit = 4;
    private const byte SnapshotBit = 1;
    private const byte OrdersBit = 2;
    private const byte ClosedBit = 1;
    private const byte OriginBit = 2;
    private const byte FormerBit = 4;
    private const byte AttemptBit = 8;

    // Sizes of the smallest possible items, against which counts are checked.
    public const int RangeSizeMin = 17;
    private const int PlanSizeMin = 37;
    private const int CommittedSizeMin = 20;
    private const int AddressSize = 16;

    public static void Write(RowWriter writer, JournalRows.Opened row)
    {
        writer.Int64(row.Incarnation);
        Write(writer, row.Resumes);
        writer.Text(row.Manifest);
        Write(writer, row.History is not null);
        if (row.History is not null)
            Write(writer, row.History);
    }

    public static JournalRows.Opened ReadOpened(RowReader reader) =>
        new(reader.Int64(), reader.Flag(), reader.Text(), reader.Flag() ? ReadHistory(reader) : null);

    public static void Write(RowWriter writer, EpochPlan plan)
    {
        writer.Int64(plan.Epoch);
        Write(writer, plan.Ranges, Write);
        writer.Int64(plan.NowMs);
        writer.UInt64(plan.Seed);
        writer.Byte((byte)((plan.TakesSnapshot ? SnapshotBit : 0) | (plan.Orders.IsEmpty ? 0 : OrdersBit)));
        writer.Int64(plan.Applied);
        if (!plan.Orders.IsEmpty)
            Write(writer, plan.Orders, static (to, order) => to.Text(order));
    }

    public static EpochPlan ReadPlan(RowReader reader)
    {
        var (epoch, ranges, nowMs, seed) = (reader.Int64(), reader.List(RangeSizeMin, ReadRange), reader.Int64(), reader.UInt64());
        var bits = reader.Byte();
        if (bits >= 2 * OrdersBit)
            throw new RowFormatException($"the flags of a plan expected, {bits} found");
        var applied = reader.Int64();
        return new(epoch, ranges, nowMs, seed, (bits & SnapshotBit) != 0, applied, (bits & OrdersBit) != 0 ? reader.List(sizeof(int), static from => from.Text()) : []);
    }

    public static void Write(RowWriter writer, AttemptPlan attempt)
    {
        writer.Int32(attempt.Number);
        writer.Int64(attempt.Base);
        Write(writer, attempt.Generation, static (to, generation) => to.Int32(generation));
        Write(writer, attempt.Owner, Write);
        Write(writer, attempt.Since, static (to, since) => to.Int32(since));
        Write(writer, attempt.Dead, Write);
        Write(writer, attempt.Lost, static (to, task) => to.Int32(task));
        writer.Int32(attempt.Failures);
    }

    public static AttemptPlan ReadAttempt(RowReader reader) => new(
        reader.Int32(),
        reader.Int64(),
        reader.List(sizeof(int), static from => from.Int32()),
        reader.List(sizeof(ulong), ReadUid),
        reader.List(sizeof(int), static from => from.Int32()),
        reader.List(sizeof(ulong), ReadUid),
        reader.List(sizeof(int), static from => from.Int32()),
        reader.Int32());

    public static void Write(RowWriter writer, CommittedEpoch epoch)
    {
        writer.Int64(epoch.Epoch);
        writer.Int64(epoch.Previous);
        Write(writer, epoch.Rows, Write);
    }

    public static CommittedEpoch ReadCommitted(RowReader reader) =>
        new(reader.Int64(), reader.Int64(), reader.List(AddressSize, ReadAddress));

    public static void Write(RowWriter writer, JournalRows.Snapshotted row)
    {
        writer.Int64(row.Epoch);
        Write(writer, row.Images, Write);
        Write(writer, row.History);
        writer.Text(row.Manifest);
    }

    public static JournalRows.Snapshotted ReadSnapshotted(RowReader reader) =>
        new(reader.Int64(), reader.List(AddressSize, ReadAddress), ReadHistory(reader), reader.Text());

    public static void Write(RowWriter writer, JournalRows.Closed row)
    {
        writer.Byte(NumberOf(row.Outcome));
        writer.Text(row.Reason);
        if (row.Next is { } next)
            Write(writer, next);
    }

    public static JournalRows.Closed ReadClosed(RowReader reader)
    {
        var closed = ReadEnd(reader);
        return closed.Outcome == JobOutcome.Rescaled ? closed with { Next = ReadHistory(reader) } : closed;
    }

    // A history holds how a job ended, never what it goes on from.
    private static JournalRows.Closed ReadEnd(RowReader reader) => new(OutcomeOf(reader.Byte()), reader.Text());

    private static void Write(RowWriter writer, HistoryImage history)
    {
        writer.Int64(history.LastPlanned);
        Write(writer, history.LastNowMs is not null);
        if (history.LastNowMs is { } lastNowMs)
            writer.Int64(lastNowMs);
        writer.Int64(history.LastCommitted);
        Write(writer, history.LastRanges, Write);
        Write(writer, history.Inflight, Write);
        Write(writer, history.Committed, Write);
        Write(writer, history.Attempt is not null);
        if (history.Attempt is not null)
            Write(writer, history.Attempt);
        writer.Int32(history.Failures);
        Write(writer, history.Dead, Write);
        writer.Int64(history.Applied);
        writer.Int64(history.SnapshotEpoch);
        Write(writer, history.Images, Write);
        writer.Byte((byte)((history.Closed is null ? 0 : ClosedBit) | (history.Origin == 0 ? 0 : OriginBit) | (history.Former is null ? 0 : FormerBit) | (history.LastAttempt <= (history.Attempt?.Number ?? 0) ? 0 : AttemptBit)));
        if (history.Closed is not null)
            Write(writer, history.Closed);
        if (history.Former is { } former)
        {
            writer.Int64(former.Epoch);
            Write(writer, former.Images, Write);
        }

        if (history.Origin != 0)
            writer.Int64(history.Origin);
        if (history.LastAttempt > (history.Attempt?.Number ?? 0))
            writer.Int32(history.LastAttempt);
    }

    private static HistoryImage ReadHistory(RowReader reader)
    {
        var history = new HistoryImage(
            reader.Int64(),
            reader.Flag() ? reader.Int64() : null,
            reader.Int64(),
            reader.List(RangeSizeMin, ReadRange),
            reader.List(PlanSizeMin, ReadPlan),
            reader.List(CommittedSizeMin, ReadCommitted),
            reader.Flag() ? ReadAttempt(reader) : null,
            reader.Int32(),
            reader.List(sizeof(ulong), ReadUid),
            reader.Int64(),
            reader.Int64(),
            reader.List(AddressSize, ReadAddress),
            Closed: null);
        var bits = reader.Byte();
        if (bits >= 2 * AttemptBit)
            throw new RowFormatException($"the flags of a history expected, {bits} found");
        return history with
        {
            Closed = (bits & ClosedBit) != 0 ? ReadEnd(reader) : null,
            Former = (bits & FormerBit) != 0 ? new(reader.Int64(), reader.List(AddressSize, ReadAddress)) : null,
            Origin = (bits & OriginBit) != 0 ? reader.Int64() : 0,
            LastAttempt = (bits & AttemptBit) != 0 ? reader.Int32() : 0,
        };
    }

    public static void Write(RowWriter writer, OffsetRange range)
    {
        writer.Byte((byte)((range.IsLast ? LastBit : 0) | (range.IsVolatile ? VolatileBit : 0) | (range.Detail is null ? 0 : DetailBit)));
        writer.Int64(range.Start);
        writer.Int64(range.End);
        if (range.Detail is not null)
            writer.Text(range.Detail);
    }

    public static OffsetRange ReadRange(RowReader reader)
    {
        var bits = reader.Byte();
        if (bits >= 2 * DetailBit)
            throw new RowFormatException($"the flags of a range expected, {bits} found");
        return new(reader.Int64(), reader.Int64(), (bits & LastBit) != 0, (bits & VolatileBit) != 0, (bits & DetailBit) != 0 ? reader.Text() : null);
    }

    public static void Write(RowWriter writer, RowAddress address)
    {
        Write(writer, address.Process);
        writer.Int64(address.Number);
    }

    public static RowAddress ReadAddress(RowReader reader) => new(ReadUid(reader), reader.Int64());

    public static void Write(RowWriter writer, ProcessUid uid) => writer.UInt64(uid.Value);

    public static ProcessUid ReadUid(RowReader reader) => new(reader.UInt64());

    // Why by hand: a reordered enum must not change what old rows mean.
    public static byte NumberOf(JobOutcome outcome) => outcome switch
    {
        JobOutcome.Completed => 0,
        JobOutcome.Stopped => 1,
        JobOutcome.Failed => 2,
        JobOutcome.Rescaled => 3,
        _ => throw new UnreachableException(),
    };

    public static JobOutcome OutcomeOf(byte number) => number switch
    {
        0 => JobOutcome.Completed,
        1 => JobOutcome.Stopped,
        2 => JobOutcome.Failed,
        3 => JobOutcome.Rescaled,
        _ => throw new RowFormatException($"an outcome of 0 to 3 expected, {number} found"),
    };

    public static void Write(RowWriter writer, bool flag) => writer.Byte(flag ? (byte)1 : (byte)0);

    public static void Write<T>(RowWriter writer, ImmutableArray<T> items, Action<RowWriter, T> item)
    {
        writer.Int32(items.Length);
        foreach (var each in items)
            item(writer, each);
    }
}
