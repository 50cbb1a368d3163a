using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Jobs;
using static Millrace.Runtime.Jobs.JobAnswer;
using static Millrace.Runtime.Jobs.JobRequest;

namespace Millrace.Runtime.Cluster;

/// <summary>What users ask of jobs, and the answers, as bytes: a number for the kind, then the fields in the order of the record.</summary>
internal static class RequestCodec
{
    private const int JobSizeMin = 22;
    private const int LetterSizeMin = 29;
    private const byte KeyBit = 1;
    private const byte RecordBit = 2;
    private const byte ParkedBit = 4;
    private const byte WaitingBit = 8;

    private enum Kind : byte
    {
        List = 1,
        Stop = 2,
        Order = 3,
        Save = 4,
        ReadLetters = 5,
        Rescale = 6,
        Submit = 7,
        Withdraw = 8,
        ReadState = 12,
        UnderWay = 32,
        Done = 33,
        Refused = 34,
        Jobs = 35,
        LettersHeld = 36,
        Letters = 37,
        StateHeld = 44,
        State = 45,
    }

    public static void Write(RowWriter to, JobRequest request)
    {
        switch (request)
        {
            case List:
                to.Byte((byte)Kind.List);
                break;
            case Stop stop:
                to.Byte((byte)Kind.Stop);
                HistoryCodec.Write(to, stop.IsGraceful);
                HistoryCodec.Write(to, stop.WasRunning);
                break;
            case Order order:
                to.Byte((byte)Kind.Order);
                to.Text(order.Text);
                break;
            case Save save:
                to.Byte((byte)Kind.Save);
                to.Text(save.Path);
                HistoryCodec.Write(to, save.Stops);
                to.Int64(save.Since);
                HistoryCodec.Write(to, save.IsRepeated);
                break;
            case Rescale rescale:
                to.Byte((byte)Kind.Rescale);
                to.Text(rescale.Operator ?? "");
                to.Int32(rescale.Parallelism);
                break;
            case ReadLetters read:
                to.Byte((byte)Kind.ReadLetters);
                to.Int64(read.Since);
                to.Int64(read.After.Epoch);
                to.Text(read.After.Id);
                break;
            case ReadState read:
                to.Byte((byte)Kind.ReadState);
                to.Int64(read.Since);
                StateMessageCodec.Write(to, read.Query);
                break;
            case Submit submit:
                to.Byte((byte)Kind.Submit);
                to.Text(submit.Program);
                HistoryCodec.Write(to, submit.Arguments, static (to, argument) => to.Text(argument));
                break;
            case Withdraw withdraw:
                to.Byte((byte)Kind.Withdraw);
                to.UInt64(withdraw.Submission.Value);
                JobBookCodec.Write(to, withdraw.End);
                break;
        }
    }

    public static JobRequest ReadRequest(RowReader from) => (Kind)from.Byte() switch
    {
        Kind.List => new List(),
        Kind.Stop => new Stop(from.Flag(), from.Flag()),
        Kind.Order => new Order(from.Text()),
        Kind.Save => new Save(from.Text(), from.Flag(), from.Int64(), from.Flag()),
        Kind.Rescale => new Rescale(from.Text() is { Length: > 0 } scaled ? scaled : null, from.Int32()),
        Kind.ReadLetters => new ReadLetters(from.Int64(), new LetterPlace(from.Int64(), from.Text())),
        Kind.ReadState => new ReadState(from.Int64(), StateMessageCodec.ReadQuery(from)),
        Kind.Submit => new Submit(from.Text(), from.List(sizeof(int), static from => from.Text())),
        Kind.Withdraw => new Withdraw(new(from.UInt64()), JobBookCodec.ReadEnding(from)),
        var kind => throw new RowFormatException($"kind {(byte)kind} of a request found"),
    };

    public static void Write(RowWriter to, JobAnswer answer)
    {
        switch (answer)
        {
            case UnderWay underWay:
                to.Byte((byte)Kind.UnderWay);
                HistoryCodec.Write(to, underWay.IsStopping);
                break;
            case Done done:
                to.Byte((byte)Kind.Done);
                to.Int64(done.Epoch);
                break;
            case Refused refused:
                to.Byte((byte)Kind.Refused);
                to.Byte((byte)refused.Kind);
                to.Text(refused.Line);
                break;
            case JobAnswer.Jobs jobs:
                to.Byte((byte)Kind.Jobs);
                HistoryCodec.Write(to, jobs.All, Write);
                break;
            case LettersHeld held:
                to.Byte((byte)Kind.LettersHeld);
                HistoryCodec.Write(to, held.Process);
                to.Int32(held.Attempt);
                to.Int32(held.Held);
                to.Int32(held.Tasks);
                Write(to, held.Page);
                break;
            case Letters letters:
                to.Byte((byte)Kind.Letters);
                Write(to, letters.Page);
                break;
            case StateHeld held:
                to.Byte((byte)Kind.StateHeld);
                HistoryCodec.Write(to, held.Process);
                to.Int32(held.Attempt);
                to.Int32(held.Held);
                to.Int32(held.Tasks);
                StateMessageCodec.Write(to, held.What);
                break;
            case JobAnswer.State state:
                to.Byte((byte)Kind.State);
                StateMessageCodec.Write(to, state.What);
                break;
        }
    }

    public static JobAnswer ReadAnswer(RowReader from) => (Kind)from.Byte() switch
    {
        Kind.UnderWay => new UnderWay(from.Flag()),
        Kind.Done => new Done(from.Int64()),
        Kind.Refused => new Refused(ReadKind(from), from.Text()),
        Kind.Jobs => new JobAnswer.Jobs(from.List(JobSizeMin, ReadJob)),
        Kind.LettersHeld => new LettersHeld(HistoryCodec.ReadUid(from), from.Int32(), from.Int32(), from.Int32(), ReadPage(from)),
        Kind.Letters => new Letters(ReadPage(from)),
        Kind.StateHeld => new StateHeld(HistoryCodec.ReadUid(from), from.Int32(), from.Int32(), from.Int32(), StateMessageCodec.ReadAnswer(from)),
        Kind.State => new JobAnswer.State(StateMessageCodec.ReadAnswer(from) ?? throw new RowFormatException("an answer about state expected, none found")),
        var kind => throw new RowFormatException($"kind {(byte)kind} of an answer found"),
    };

    public static JobState ReadState(RowReader from)
    {
        var state = (JobState)from.Byte();
        return state <= JobState.Failed ? state : throw new RowFormatException($"the state of a job expected, {(byte)state} found");
    }

    private static RefusalKind ReadKind(RowReader from)
    {
        var kind = (RefusalKind)from.Byte();
        return kind <= RefusalKind.Damage ? kind : throw new RowFormatException($"the kind of a refusal expected, {(byte)kind} found");
    }

    private static void Write(RowWriter to, ClusterJob job)
    {
        to.Text(job.Name);
        to.Text(job.Fingerprint);
        to.Byte((byte)job.State);
        HistoryCodec.Write(to, job.Coordinator is not null);
        if (job.Coordinator is not null)
            to.Text(job.Coordinator);
        HistoryCodec.Write(to, [.. job.Nodes], static (to, node) => to.Text(node));
        to.Int64(job.Committed.Number);
    }

    private static ClusterJob ReadJob(RowReader from) => new(
        from.Text(), from.Text(), ReadState(from), from.Flag() ? from.Text() : null, from.List(sizeof(int), static from => from.Text()), new Epoch(from.Int64()));

    private static void Write(RowWriter to, LetterPage page)
    {
        HistoryCodec.Write(to, page.Letters, Write);
        HistoryCodec.Write(to, page.HasMore);
    }

    // Why a letter where there are more: whoever goes on does so behind the last one.
    private static LetterPage ReadPage(RowReader from)
    {
        var page = new LetterPage(from.List(LetterSizeMin, ReadLetter), from.Flag());
        return page is { HasMore: true, Letters.IsEmpty: true } ? throw new RowFormatException("a letter before others expected, none found") : page;
    }

    private static void Write(RowWriter to, DeadLetter letter)
    {
        to.Byte((byte)((letter.Key is null ? 0 : KeyBit) | (letter.Record is null ? 0 : RecordBit) | (letter.IsParked ? ParkedBit : 0) | (letter.IsWaiting ? WaitingBit : 0)));
        to.Text(letter.Id);
        to.Text(letter.Operator.Name);
        to.Int64(letter.Epoch.Number);
        to.Text(letter.Place);
        to.Text(letter.Error);
        to.Text(letter.Details);
        if (letter.Key is string key)
            to.Text(key);
        if (letter.Record is string record)
            to.Text(record);
    }

    private static DeadLetter ReadLetter(RowReader from)
    {
        var bits = from.Byte();
        if (bits >= 2 * WaitingBit)
            throw new RowFormatException($"flags {bits} of a dead letter found");
        return new(
            from.Text(),
            new OperatorId(from.Text()),
            new Epoch(from.Int64()),
            from.Text(),
            from.Text(),
            from.Text(),
            (bits & KeyBit) != 0 ? from.Text() : null,
            (bits & RecordBit) != 0 ? from.Text() : null,
            (bits & ParkedBit) != 0,
            (bits & WaitingBit) != 0);
    }
}
