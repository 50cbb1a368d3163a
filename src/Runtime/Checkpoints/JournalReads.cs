using System.Collections.Immutable;
using Millrace.Data;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>Asks a journal for rows and waits for them.</summary>
internal static class JournalReads
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(200);

    /// <summary>All rows of a stream from a number on, once the journal answers.</summary>
    /// <exception cref="CorruptCheckpointException">The rows are damaged.</exception>
    public static async Task<ImmutableArray<JournalMessages.NumberedRow>> ReadAsync(this IJournal journal, JournalStream stream, long from, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = new TaskCompletionSource<object>(TaskCreationOptions.RunContinuationsAsynchronously);
            journal.Read(new(stream, from, Request: 0), rows => answer.TrySetResult(rows), failed => answer.TrySetResult(failed));
            switch (await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                case JournalMessages.RowsRead read:
                    return read.Rows;
                case JournalMessages.ReadFailed { Reason: { } reason }:
                    throw new CorruptCheckpointException(reason);
            }

            await Task.Delay(Retry, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The images that a snapshot names, by task.</summary>
    /// <exception cref="CorruptCheckpointException">One is damaged, or not there.</exception>
    public static async Task<ImmutableArray<JournalRows.TaskImage>> ReadImagesAsync(this IJournal journal, JournalRows.Snapshotted snapshot, CancellationToken cancellationToken)
    {
        var images = new JournalRows.TaskImage?[snapshot.Images.Length];
        foreach (var process in snapshot.Images.GroupBy(image => image.Process))
        {
            var rows = await journal.ReadAsync(JournalStream.Snapshots(process.Key), process.Min(image => image.Number), cancellationToken).ConfigureAwait(false);
            foreach (var row in rows)
            {
                var task = snapshot.Images.IndexOf(new RowAddress(process.Key, row.Number));
                if (task >= 0)
                    images[task] = row.Row as JournalRows.TaskImage;
            }
        }

        for (var task = 0; task < images.Length; task++)
        {
            if (images[task]?.Task != task || images[task]!.Epoch != snapshot.Epoch)
                throw new CorruptCheckpointException($"The image of task {task} at epoch {snapshot.Epoch} is named as {snapshot.Images[task]} and not there.");
        }

        return [.. images.Select(image => image!)];
    }

    /// <summary>Writes rows one by one to a stream that nobody else writes; gives the number of each.</summary>
    /// <exception cref="ConfigurationException">The journal did not take one.</exception>
    public static async Task<ImmutableArray<long>> WriteAsync(this IJournal journal, JournalStream stream, IReadOnlyList<JournalRows.Row> rows, CancellationToken cancellationToken)
    {
        var (numbers, next) = (ImmutableArray.CreateBuilder<long>(rows.Count), 1L);
        foreach (var row in rows)
        {
            var answer = new TaskCompletionSource<JournalMessages.Appended>(TaskCreationOptions.RunContinuationsAsynchronously);
            journal.Append(new(stream, next, [row]), appended => answer.TrySetResult(appended));
            var appended = await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (appended.Outcome != AppendOutcome.Ok)
                throw new ConfigurationException($"The journal expected to take a savepoint's images, it answered {appended.Outcome}; see its log, and start the job again.");
            numbers.Add(next);
            next = appended.NextNumber;
        }

        return numbers.MoveToImmutable();
    }
}
