using Akka.Actor;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Jobs;

namespace Millrace.Runtime.Hosting;

/// <summary>Opens the journal of each job that starts: in memory, or where the job keeps its checkpoints.</summary>
internal sealed class JobJournals(ActorSystem system, JournalOptions configuration, bool isShared, TimeProvider clock, ILogger logger)
{
    private const string FileName = "journal.db";
    private const string OnlyJob = "job";
    private const string BookFileName = "jobs.db";
    private const int LockTriesMax = 40;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);

    /// <summary>Opens the journal of a job.</summary>
    /// <exception cref="ConfigurationException">It can't be opened, another job has it, or a job had opened there and its history is gone.</exception>
    /// <exception cref="CorruptCheckpointException">Rows of its history are damaged or gone.</exception>
    /// <exception cref="GraphException">It holds a checkpoint, and the job is to start anew.</exception>
    public async Task<JobJournal> OpenAsync(JobOptions options, CancellationToken cancellationToken)
    {
        if (options.CheckpointDirectory is not { } directory)
            return new(new MemoryJournal());
        // The nodes of a cluster share it; the lease says which of them rules.
        var hold = isShared ? null : await TakeAsync(directory, options.Name!, cancellationToken).ConfigureAwait(false);
        try
        {
            var mark = new UsedMark(directory);
            var journal = await OpenAsync(directory, mark, options, cancellationToken).ConfigureAwait(false);
            return new(journal, hold, () => mark.Put(options.Name!, journal.Name, clock.GetUtcNow()));
        }
        catch
        {
            hold?.Dispose();
            throw;
        }
    }

    /// <summary>Opens what was submitted to a cluster.</summary>
    /// <returns>Null where nothing durable is configured for it.</returns>
    /// <exception cref="ConfigurationException">It can't be opened.</exception>
    public async Task<SqlJournal?> OpenBookAsync(ClusterOptions cluster, CancellationToken cancellationToken)
    {
        if (configuration.Kind == JournalKind.Sqlite && cluster.JobsDirectory.Length == 0)
            return null;
        var options = configuration.For(Path.Combine(cluster.JobsDirectory, BookFileName));
        return await SqlJournal.OpenAsync(system, options, $"(all that is submitted to cluster {cluster.Name})", cluster.Name, logger, cancellationToken).ConfigureAwait(false);
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

    private async Task<SqlJournal> OpenAsync(string directory, UsedMark mark, JobOptions options, CancellationToken cancellationToken)
    {
        var file = Path.Combine(directory, FileName);

        // Why before it is opened: what is left of a lost file stays as it is.
        if (configuration.Kind == JournalKind.Sqlite && mark.IsThere && new FileInfo(file) is not { Exists: true, Length: > 0 })
            throw mark.HistoryIsLost(options.Name!, file);
        var journal = await SqlJournal.OpenAsync(system, configuration.For(file), options.Name!, StreamsOf(options.Name!), logger, cancellationToken).ConfigureAwait(false);
        try
        {
            if (!isShared)
                await journal.HoldAsync(cancellationToken).ConfigureAwait(false);

            // Why verified only behind the mark: whoever removes it wants to start with what is there.
            var isUsed = await (mark.IsThere
                ? JournalAudit.VerifyAsync(journal, options.Name!, cancellationToken)
                : new JournalAudit(journal, options.Name!).HoldsJobAsync(cancellationToken)).ConfigureAwait(false);
            if (mark.IsThere && !isUsed)
                throw mark.HistoryIsLost(options.Name!, journal.Name);
            if (options.StartsAnew && isUsed)
                throw new GraphException($"Checkpoint directory {directory}: an empty one expected, a checkpoint found; go on from it with GetOrCreate, or choose another directory.");
            if (!isUsed)
                JobLog.BeginsAnew(logger, options.Name!, journal.Name);
            return journal;
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    // Why not the name in a file: it holds one job, and under another name its checkpoint must be found, so that it is refused.
    private string StreamsOf(string name) => configuration.Kind == JournalKind.Sqlite ? OnlyJob : name;
}
