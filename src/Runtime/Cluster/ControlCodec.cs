using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Serialization;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Runtime.Cluster;

/// <summary>What coordinator and processes tell each other as bytes: a number for the kind of message, then its fields in the order of its record.</summary>
/// <remarks>
/// Written by hand, so that nothing but these messages can come out of bytes, and none costs more memory than its bytes a few times over. Nodes of
/// other versions are refused before the first message (the fingerprint), so that there is one version here; <c>tests/Golden/control</c> holds each message.
/// </remarks>
internal static class ControlCodec
{
    private const int ReferencesSizeMin = 25;
    private const int ImageSize = 40;
    private const int AckSize = ImageSize + 16;
    private const int FailureSizeMin = 13;
    private const int AppliedSize = 12;
    private const int EpochReferenceSize = 32;
    private const byte ImageBit = 1;
    private const byte SourceBit = 2;
    private const byte FormerBit = 4;
    private const int MessageBytesMax = 1 << 26;

    /// <summary>Writes a message; at most 64 MB of it.</summary>
    public static byte[] Encode(object message)
    {
        using var writer = new RowWriter(MessageBytesMax);
        WriteBody(writer, message);
        return writer.Body();
    }

    /// <exception cref="CorruptPayloadException">The bytes are no message.</exception>
    public static object Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var reader = new RowReader(bytes);
            var message = ReadBody(reader);
            reader.End();
            return message;
        }
        catch (RowFormatException damage)
        {
            throw new CorruptPayloadException($"A control message expected, {damage.Message}; see whether the nodes run the same version.", damage);
        }
    }

    private static void WriteBody(RowWriter to, object message)
    {
        switch (message)
        {
            case Beat beat:
                Begin(to, Kind.Beat, beat);
                to.Int64(beat.Number);
                to.Int32(beat.Attempt);
                to.Int64(beat.Answers);
                break;
            case Attempt attempt:
                Begin(to, Kind.Attempt, attempt);
                HistoryCodec.Write(to, attempt.Plan);
                HistoryCodec.Write(to, attempt.References, Write);
                break;
            case Run run:
                Begin(to, Kind.Run, run);
                HistoryCodec.Write(to, run.Plan);
                break;
            case Commit commit:
                Begin(to, Kind.Commit, commit);
                HistoryCodec.Write(to, commit.Epoch);
                break;
            case Poll poll:
                Begin(to, Kind.Poll, poll);
                to.Int64(poll.Epoch);
                to.Int64(poll.NowMs);
                HistoryCodec.Write(to, poll.IsDraining);
                break;
            case StandDown standDown:
                Begin(to, Kind.StandDown, standDown);
                break;
            case JobClosed closed:
                Begin(to, Kind.JobClosed, closed);
                to.Byte(HistoryCodec.NumberOf(closed.Outcome));
                to.Text(closed.Reason);
                break;
            case SnapshotNamed named:
                Begin(to, Kind.SnapshotNamed, named);
                to.Int64(named.Epoch);
                break;
            case References references:
                Begin(to, Kind.References, references);
                to.Int32(references.Generation);
                Write(to, references.Task);
                break;
            case Heartbeat heartbeat:
                Begin(to, Kind.Heartbeat, heartbeat);
                Write(to, heartbeat);
                break;
            case Acknowledge acknowledge:
                Begin(to, Kind.Acknowledge, acknowledge);
                HistoryCodec.Write(to, acknowledge.Acks, Write);
                break;
            case OffsetsPolled polled:
                Begin(to, Kind.OffsetsPolled, polled);
                Write(to, polled);
                break;
            case ControlMessages.TaskFailed failed:
                Begin(to, Kind.TaskFailed, failed);
                Write(to, failed.Failure);
                break;
            case SinkApplied applied:
                Begin(to, Kind.SinkApplied, applied);
                Write(to, applied.Watermark);
                break;
            case SnapshotWritten written:
                Begin(to, Kind.SnapshotWritten, written);
                Write(to, written.Image);
                break;
            case ReferencesWanted wanted:
                Begin(to, Kind.ReferencesWanted, wanted);
                to.Int32(wanted.Task);
                to.Int32(wanted.Generation);
                to.Int64(wanted.SnapshotEpoch);
                to.Text(wanted.Reason);
                break;
            default:
                throw new InvalidOperationException($"A control message expected, {message.GetType().Name} found.");
        }
    }

    private static object ReadBody(RowReader from)
    {
        var kind = (Kind)from.Byte();
        if (kind is > Kind.None and <= Kind.References)
            return ReadToProcess(kind, from.Int64(), from);
        if (kind is >= Kind.Heartbeat and <= Kind.ReferencesWanted)
            return ReadToCoordinator(kind, HistoryCodec.ReadUid(from), from);
        throw new RowFormatException($"kind {(byte)kind} found");
    }

    private static ToProcess ReadToProcess(Kind kind, long incarnation, RowReader from) => kind switch
    {
        Kind.Beat => new Beat(incarnation, from.Int64(), from.Int32(), from.Int64()),
        Kind.Attempt => new Attempt(incarnation, HistoryCodec.ReadAttempt(from), from.List(ReferencesSizeMin, ReadReferences)),
        Kind.Run => new Run(incarnation, HistoryCodec.ReadPlan(from)),
        Kind.Commit => new Commit(incarnation, HistoryCodec.ReadCommitted(from)),
        Kind.Poll => new Poll(incarnation, from.Int64(), from.Int64(), from.Flag()),
        Kind.StandDown => new StandDown(incarnation),
        Kind.JobClosed => new JobClosed(incarnation, HistoryCodec.OutcomeOf(from.Byte()), from.Text()),
        Kind.SnapshotNamed => new SnapshotNamed(incarnation, from.Int64()),
        _ => new References(incarnation, from.Int32(), ReadReferences(from)),
    };

    private static ToCoordinator ReadToCoordinator(Kind kind, ProcessUid process, RowReader from) => kind switch
    {
        Kind.Heartbeat => ReadHeartbeat(process, from),
        Kind.Acknowledge => new Acknowledge(process, from.List(AckSize, ReadAck)),
        Kind.OffsetsPolled => new OffsetsPolled(
            process, from.Int32(), from.Int32(), from.Int64(), from.Int64(), from.Flag(), from.Int64(), from.Flag() ? from.Text() : null, from.Flag(),
            from.Flag() ? from.Text() : null),
        Kind.TaskFailed => new ControlMessages.TaskFailed(process, ReadFailure(from)),
        Kind.SinkApplied => new SinkApplied(process, ReadApplied(from)),
        Kind.SnapshotWritten => new SnapshotWritten(process, ReadImage(from)),
        _ => new ReferencesWanted(process, from.Int32(), from.Int32(), from.Int64(), from.Text()),
    };

    private static void Begin(RowWriter to, Kind kind, ToProcess message)
    {
        to.Byte((byte)kind);
        to.Int64(message.Incarnation);
    }

    private static void Begin(RowWriter to, Kind kind, ToCoordinator message)
    {
        to.Byte((byte)kind);
        HistoryCodec.Write(to, message.Process);
    }

    private static void Write(RowWriter to, Heartbeat heartbeat)
    {
        to.Text(heartbeat.Node);
        to.Int64(heartbeat.Incarnation);
        to.Int64(heartbeat.Beat);
        to.Int32(heartbeat.Attempt);
        to.Int64(heartbeat.PlannedThrough);
        to.Int64(heartbeat.Committed);
        HistoryCodec.Write(to, heartbeat.Acks, Write);
        HistoryCodec.Write(to, heartbeat.Failures, Write);
        HistoryCodec.Write(to, heartbeat.Applied, Write);
        to.Int64(heartbeat.Asks);
        HistoryCodec.Write(to, heartbeat.Images.IsDefault ? [] : heartbeat.Images, Write);
        HistoryCodec.Write(to, heartbeat.Unreachable.IsDefault ? [] : heartbeat.Unreachable, static (writer, node) => writer.Text(node));
        to.Int64(heartbeat.LateMs);
        HistoryCodec.Write(to, heartbeat.TakesTasks);
    }

    private static Heartbeat ReadHeartbeat(ProcessUid process, RowReader from) => new(
        process,
        from.Text(),
        from.Int64(),
        from.Int64(),
        from.Int32(),
        from.Int64(),
        from.Int64(),
        from.List(AckSize, ReadAck),
        from.List(FailureSizeMin, ReadFailure),
        from.List(AppliedSize, ReadApplied),
        from.Int64(),
        from.List(ImageSize, ReadImage),
        from.List(sizeof(int), static reader => reader.Text()),
        from.Int64(),
        from.Flag());

    private static void Write(RowWriter to, OffsetsPolled polled)
    {
        to.Int32(polled.Task);
        to.Int32(polled.Generation);
        to.Int64(polled.Epoch);
        to.Int64(polled.End);
        HistoryCodec.Write(to, polled.Finished);
        to.Int64(polled.First);
        HistoryCodec.Write(to, polled.Detail is not null);
        if (polled.Detail is not null)
            to.Text(polled.Detail);
        HistoryCodec.Write(to, polled.IsDrained);
        HistoryCodec.Write(to, polled.Failure is not null);
        if (polled.Failure is not null)
            to.Text(polled.Failure);
    }

    private static void Write(RowWriter to, TaskAck ack)
    {
        WriteRow(to, ack.Task, ack.Generation, ack.Epoch, ack.Row, ack.Bytes);
        to.Int64(ack.Work.Microseconds);
        to.Int64(ack.Work.Rows);
    }

    private static TaskAck ReadAck(RowReader from) =>
        new(from.Int32(), from.Int32(), from.Int64(), HistoryCodec.ReadAddress(from), from.Int64(), ReadWork(from));

    private static WorkDone ReadWork(RowReader from)
    {
        var work = new WorkDone(from.Int64(), from.Int64());
        return work is { Microseconds: >= 0, Rows: >= 0 }
            ? work
            : throw new RowFormatException($"work of {work.Microseconds} microseconds on {work.Rows} rows found");
    }

    private static void Write(RowWriter to, ControlMessages.TaskFailure failure)
    {
        to.Int32(failure.Task);
        to.Int32(failure.Generation);
        to.Byte((byte)failure.Kind);
        to.Text(failure.Reason);
    }

    private static ControlMessages.TaskFailure ReadFailure(RowReader from)
    {
        var (task, generation, kind) = (from.Int32(), from.Int32(), (FailureKind)from.Byte());
        return kind <= FailureKind.Fatal
            ? new(task, generation, from.Text(), kind)
            : throw new RowFormatException($"kind {(byte)kind} of a failure found");
    }

    private static void Write(RowWriter to, SinkWatermark watermark)
    {
        to.Int32(watermark.Task);
        to.Int64(watermark.Epoch);
    }

    private static SinkWatermark ReadApplied(RowReader from) => new(from.Int32(), from.Int64());

    private static void Write(RowWriter to, WrittenImage image) => WriteRow(to, image.Task, image.Generation, image.Epoch, image.Row, image.Bytes);

    private static void WriteRow(RowWriter to, int task, int generation, long epoch, RowAddress row, long bytes)
    {
        to.Int32(task);
        to.Int32(generation);
        to.Int64(epoch);
        HistoryCodec.Write(to, row);
        to.Int64(bytes);
    }

    private static WrittenImage ReadImage(RowReader from) => new(from.Int32(), from.Int32(), from.Int64(), HistoryCodec.ReadAddress(from), from.Int64());

    private static void Write(RowWriter to, TaskReferences references)
    {
        to.Int32(references.Task);
        to.Byte((byte)((references.Image is null ? 0 : ImageBit) | (references.SourceStart is null ? 0 : SourceBit) | (references.Former is null ? 0 : FormerBit)));
        if (references.Image is { } image)
            Write(to, image);
        HistoryCodec.Write(to, references.Rows, Write);
        if (references.SourceStart is { } source)
            Write(to, source);
        if (references.Former is { } former)
        {
            HistoryCodec.Write(to, former.Image is not null);
            if (former.Image is { } formerImage)
                Write(to, formerImage);
            HistoryCodec.Write(to, former.Rows, Write);
        }

        to.Int64(references.Applied);
        to.Int64(references.Origin);
    }

    private static TaskReferences ReadReferences(RowReader from)
    {
        var (task, bits) = (from.Int32(), from.Byte());
        if (bits >= 2 * FormerBit)
            throw new RowFormatException($"flags {bits} of references found");
        return new(
            task,
            (bits & ImageBit) != 0 ? ReadImageReference(from) : null,
            from.List(EpochReferenceSize, ReadEpoch),
            (bits & SourceBit) != 0 ? ReadSource(from) : null,
            (bits & FormerBit) != 0 ? new(from.Flag() ? ReadImageReference(from) : null, from.List(EpochReferenceSize, ReadEpoch)) : null,
            from.Int64(),
            from.Int64());
    }

    private static void Write(RowWriter to, ImageReference image)
    {
        to.Int64(image.Epoch);
        HistoryCodec.Write(to, image.Row);
    }

    private static ImageReference ReadImageReference(RowReader from) => new(from.Int64(), HistoryCodec.ReadAddress(from));

    private static void Write(RowWriter to, EpochReference reference)
    {
        to.Int64(reference.Epoch);
        to.Int64(reference.Previous);
        HistoryCodec.Write(to, reference.Row);
    }

    private static EpochReference ReadEpoch(RowReader from) => new(from.Int64(), from.Int64(), HistoryCodec.ReadAddress(from));

    private static void Write(RowWriter to, SourceStart source)
    {
        to.Int64(source.Committed);
        to.Int64(source.Planned);
        HistoryCodec.Write(to, source.Inflight, HistoryCodec.Write);
        HistoryCodec.Write(to, source.IsDraining);
    }

    private static SourceStart ReadSource(RowReader from) =>
        new(from.Int64(), from.Int64(), from.List(HistoryCodec.RangeSizeMin, HistoryCodec.ReadRange), from.Flag());

    private enum Kind : byte
    {
        None = 0,
        Beat = 1,
        Attempt = 2,
        Run = 3,
        Commit = 4,
        Poll = 5,
        StandDown = 6,
        JobClosed = 7,
        SnapshotNamed = 8,
        References = 9,
        Heartbeat = 32,
        Acknowledge = 33,
        OffsetsPolled = 34,
        TaskFailed = 35,
        SinkApplied = 36,
        SnapshotWritten = 37,
        ReferencesWanted = 38,
    }
}
