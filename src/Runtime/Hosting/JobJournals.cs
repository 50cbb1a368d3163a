using Akka.Actor;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Hosting;

/// <summary>Opens the journal of each job that starts: in memory, or where the job keeps its checkpoints.</summary>
internal sealed class JobJournals(ActorSystem system, JournalOptions configuration, ILogger logger)
{
    private const string FileName = "journal.db";
    private const string OnlyJob = "job";

    /// <summary>Opens the journal of a job.</summary>
    /// <exception cref="ConfigurationException">It can't be opened.</exception>
    /// <exception cref="GraphException">It holds a checkpoint, and the job is to start anew.</exception>
    public async Task<IJournal> OpenAsync(JobOptions options, CancellationToken cancellationToken)
    {
        if (options.CheckpointDirectory is not { } directory)
            return new MemoryJournal();
        var journal = await OpenAsync(directory, options.Name, cancellationToken).ConfigureAwait(false);
        if (options.StartsAnew && await HoldsAsync(journal, cancellationToken).ConfigureAwait(false))
        {
            await CloseAsync(journal).ConfigureAwait(false);
            throw new GraphException($"Checkpoint directory {directory}: an empty one expected, a checkpoint found; go on from it with GetOrCreate, or choose another directory.");
        }

        return journal;
    }

    /// <summary>Closes a journal when its job has ended.</summary>
    public static async ValueTask CloseAsync(IJournal journal)
    {
        if (journal is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
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

    private async Task<IJournal> OpenAsync(string directory, string? name, CancellationToken cancellationToken) =>
        await SqlJournal.OpenAsync(system, configuration.For(Path.Combine(directory, FileName)), StreamsOf(name), logger, cancellationToken).ConfigureAwait(false);

    // Why not the name in a file: it holds one job, and under another name its checkpoint must be found, so that it is refused.
    private string StreamsOf(string? name) => configuration.Kind == JournalKind.Sqlite ? OnlyJob : name ?? OnlyJob;
}
