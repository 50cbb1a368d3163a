using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;
using Millrace.Serialization;
using static Millrace.Runtime.Cluster.NodeMessage;

namespace Millrace.Runtime.Cluster;

/// <summary>A <see cref="NodeMessage"/> as bytes: a number for its kind, then its fields in the order of its record.</summary>
internal static class NodeCodec
{
    private const int PartSizeMin = 38;
    private const int TrialSizeMin = 9;
    private const int MessageBytesMax = 1 << 26;

    private enum Kind : byte
    {
        Hello = 1,
        ForCoordinator = 2,
        ForProcess = 3,
        NodeGone = 4,
        ProcessLeft = 5,
        StopJob = 6,
        Request = 7,
        Carried = 8,
        Answer = 9,
        Booked = 10,
    }

    public static byte[] Encode(NodeMessage message)
    {
        using var to = new RowWriter(MessageBytesMax);
        switch (message)
        {
            case Hello hello:
                to.Byte((byte)Kind.Hello);
                to.UInt64(hello.Node.Value);
                to.Text(hello.DataHost);
                to.Int32(hello.DataPort);
                Write(to, hello.Submitted);
                HistoryCodec.Write(to, hello.Jobs, Write);
                break;
            case Booked booked:
                to.Byte((byte)Kind.Booked);
                JobBookCodec.Write(to, booked.Book);
                break;
            case ForCoordinator coordinator:
                to.Byte((byte)Kind.ForCoordinator);
                to.Text(coordinator.Job);
                to.Bytes(ControlCodec.Encode(coordinator.Message));
                break;
            case ForProcess process:
                to.Byte((byte)Kind.ForProcess);
                to.Text(process.Job);
                HistoryCodec.Write(to, process.Process);
                to.Bytes(ControlCodec.Encode(process.Message));
                break;
            case NodeGone gone:
                to.Byte((byte)Kind.NodeGone);
                to.UInt64(gone.Node.Value);
                break;
            case ProcessLeft left:
                to.Byte((byte)Kind.ProcessLeft);
                to.Text(left.Job);
                HistoryCodec.Write(to, left.Process);
                break;
            case StopJob stop:
                to.Byte((byte)Kind.StopJob);
                to.Text(stop.Job);
                HistoryCodec.Write(to, stop.IsGraceful);
                break;
            case Request request:
                to.Byte((byte)Kind.Request);
                to.UInt64(request.Id.Value);
                to.Text(request.Job);
                RequestCodec.Write(to, request.What);
                break;
            case Carried carried:
                to.Byte((byte)Kind.Carried);
                to.UInt64(carried.Id.Value);
                to.Text(carried.Job);
                RequestCodec.Write(to, carried.What);
                break;
            case Answer answer:
                to.Byte((byte)Kind.Answer);
                to.UInt64(answer.Id.Value);
                RequestCodec.Write(to, answer.What);
                break;
        }

        return to.Body();
    }

    /// <exception cref="CorruptPayloadException">The bytes are no message.</exception>
    public static NodeMessage Decode(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            var from = new RowReader(bytes);
            var message = Read((Kind)from.Byte(), from);
            from.End();
            return message;
        }
        catch (RowFormatException damage)
        {
            throw new CorruptPayloadException($"A message of a node expected, {damage.Message}; see whether the nodes run the same version.", damage);
        }
    }

    private static NodeMessage Read(Kind kind, RowReader from) => kind switch
    {
        Kind.Hello => new Hello(new NodeUid(from.UInt64()), from.Text(), from.Int32(), ReadSubmitted(from), from.List(PartSizeMin, ReadPart)),
        Kind.ForCoordinator => new ForCoordinator(
            from.Text(), ControlCodec.Decode(from.Rest()) as ControlMessages.ToCoordinator ?? throw new RowFormatException("a message to a process found")),
        Kind.ForProcess => new ForProcess(
            from.Text(), HistoryCodec.ReadUid(from), ControlCodec.Decode(from.Rest()) as ControlMessages.ToProcess ?? throw new RowFormatException("a message to a coordinator found")),
        Kind.NodeGone => new NodeGone(new NodeUid(from.UInt64())),
        Kind.ProcessLeft => new ProcessLeft(from.Text(), HistoryCodec.ReadUid(from)),
        Kind.StopJob => new StopJob(from.Text(), from.Flag()),
        Kind.Request => new Request(new RequestUid(from.UInt64()), from.Text(), RequestCodec.ReadRequest(from)),
        Kind.Carried => new Carried(new RequestUid(from.UInt64()), from.Text(), RequestCodec.ReadRequest(from)),
        Kind.Answer => new Answer(new RequestUid(from.UInt64()), RequestCodec.ReadAnswer(from)),
        Kind.Booked => new Booked(JobBookCodec.Read(from)),
        _ => throw new RowFormatException($"kind {(byte)kind} found"),
    };

    private static void Write(RowWriter to, SubmittedPart part)
    {
        to.Int64(part.Book);
        HistoryCodec.Write(to, part.Programs, static (to, program) => to.Text(program));
        HistoryCodec.Write(to, part.Trials, static (to, trial) =>
        {
            to.UInt64(trial.Submission.Value);
            JobBookCodec.WriteOptional(to, trial.Refusal);
        });
    }

    private static SubmittedPart ReadSubmitted(RowReader from) => new(
        from.Int64(), from.List(sizeof(int), static from => from.Text()), from.List(TrialSizeMin, static from => new Trial(new(from.UInt64()), JobBookCodec.ReadOptional(from))));

    private static void Write(RowWriter to, JobPart part)
    {
        to.Text(part.Job);
        to.Text(part.Fingerprint);
        HistoryCodec.Write(to, part.Process);
        to.Byte((byte)part.State);
        to.Int64(part.Committed);
        to.Int64(part.Incarnation);
        HistoryCodec.Write(to, part.HearsCoordinator);
        to.Text(part.Scale);
    }

    private static JobPart ReadPart(RowReader from) =>
        new(from.Text(), from.Text(), HistoryCodec.ReadUid(from), RequestCodec.ReadState(from), from.Int64(), from.Int64(), from.Flag(), from.Text());
}
