using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>Asks a journal and waits for the answer.</summary>
internal static class JournalClient
{
    public static Task<JournalMessages.Appended> AppendAsync(this IJournal journal, JournalStream stream, long first, params JournalRows.Row[] rows)
    {
        var answer = new TaskCompletionSource<JournalMessages.Appended>(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.Append(new(stream, first, [.. rows]), answer.SetResult);
        return answer.Task.WaitAsync(2 * TestHost.Patience);
    }

    /// <summary>As the state machines do it: an unknown outcome is tried again, and a conflict with the own row is a success.</summary>
    public static async Task<JournalMessages.Appended> InsistAsync(this IJournal journal, JournalStream stream, long first, JournalRows.Sealed row)
    {
        while (true)
        {
            var appended = await journal.AppendAsync(stream, first, row);
            if (appended.Outcome == AppendOutcome.Ok)
                return appended;
            if (appended.Outcome == AppendOutcome.Unknown)
                continue;
            if ((await journal.ReadAllAsync(stream, first)) is [var found, ..] && found.Row == row)
                return appended with { Outcome = AppendOutcome.Ok, NextNumber = found.NextNumber };
            return appended;
        }
    }

    /// <summary>The answer: rows, or a failure.</summary>
    public static Task<object> ReadAsync(this IJournal journal, JournalStream stream, long from = 1)
    {
        var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.Read(new(stream, from, 7), answer.SetResult, answer.SetResult);
        return answer.Task.WaitAsync(2 * TestHost.Patience);
    }

    /// <summary>The rows; a failure without a reason is tried again.</summary>
    public static async Task<JournalMessages.NumberedRow[]> ReadAllAsync(this IJournal journal, JournalStream stream, long from = 1)
    {
        while (true)
        {
            switch (await journal.ReadAsync(stream, from))
            {
                case JournalMessages.RowsRead read:
                    Assert.Equal((stream, from, 7), (read.Stream, read.FromNumber, read.Request));
                    return [.. read.Rows];
                case JournalMessages.ReadFailed { Reason: { } reason }:
                    throw new InvalidOperationException(reason);
                default:
                    break;
            }
        }
    }

    /// <summary>A row that says which one it is.</summary>
    public static JournalRows.Sealed Row(long mark) => new(mark);

    public static JournalRows.TaskImage Large(int size) => new(1, 2, 3, new EncodedDelta(Pattern(size)));

    public static byte[] Pattern(int size)
    {
        var bytes = new byte[size];
        new Random(size).NextBytes(bytes);
        return bytes;
    }
}
