using Akka.Actor;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Hosting;

/// <summary>Opens the journal of each job that starts: in memory, or where the job keeps its checkpoints.</summary>
internal sealed class JobJournals(ActorSystem system, JournalOptions configuration, TimeProvider clock, ILogger logger)
{
    private const string FileName = "journal.db";
    private const string OnlyJob = "job";
    private const int LockTriesMax = 40;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Opens the journal of a job.</summary>
    /// <exception cref="ConfigurationException">It can't be opened, or another job has it.</exception>
    /// <exception cref="GraphException">It holds a checkpoint, and the job is to start anew.</exception>
    public async Task<JobJournal> OpenAsync(JobOptions options, CancellationToken cancellationToken)
    {
        if (options.CheckpointDirectory is not { } directory)
            return new(new MemoryJournal());
        var hold = await TakeAsync(directory, options.Name!, cancellationToken).ConfigureAwait(false);
        try
        {
            return new(await OpenAsync(directory, options, cancellationToken).ConfigureAwait(false), hold);
        }
        catch
        {
            hold.Dispose();
            throw;
        }
    }

    /// <summary>A job that has just ended, here or in a process that was killed, may not have let go yet.</summary>
    private async Task<DirectoryLock> TakeAsync(string directory, string job, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries < LockTriesMax; tries++)
        {
            if (DirectoryLock.TryTake(directory, job, clock.GetUtcNow()) is { } taken)
                return taken;
            await Task.Delay(LockPause, cancellationToken).ConfigureAwait(false);
        }

        throw new ConfigurationException($"Checkpoint directory {directory}: a free one expected, one in use found ({DirectoryLock.OwnerOf(directory)}); stop that job, or choose another directory.");
    }

    private async Task<IJournal> OpenAsync(string directory, JobOptions options, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, FileName);
        var journal = await SqlJournal.OpenAsync(system, configuration.For(file), StreamsOf(options.Name!), logger, cancellationToken).ConfigureAwait(false);
        if (!options.StartsAnew || !await HoldsAsync(journal, cancellationToken).ConfigureAwait(false))
            return journal;
        await journal.DisposeAsync().ConfigureAwait(false);
        throw new GraphException($"Checkpoint directory {directory}: an empty one expected, a checkpoint found; go on from it with GetOrCreate, or choose another directory.");
    }

    private static Task<bool> HoldsAsync(IJournal journal, CancellationToken cancellationToken)
    {
        var holds = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        journal.Read(
            new(JournalStream.Lease, 1, Request: 0),
            read => holds.TrySetResult(!read.Rows.IsEmpty),
            failed => holds.TrySetException(new ConfigurationException(failed.Reason ?? "The journal did not answer when it was opened; is its database there?")));
        return holds.Task.WaitAsync(cancellationToken);
    }

    // Why not the name in a file: it holds one job, and under another name its checkpoint must be found, so that it is refused.
    private string StreamsOf(string name) => configuration.Kind == JournalKind.Sqlite ? OnlyJob : name;
}
