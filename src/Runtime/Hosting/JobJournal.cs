using Millrace.Runtime.Checkpoints;

namespace Millrace.Runtime.Hosting;

/// <summary>The journal of one job, and what keeps others from it.</summary>
/// <param name="Journal">The journal.</param>
/// <param name="Lock">The job's hold on its directory; null where there is none.</param>
/// <param name="Opened">To be called when the job has opened: it leaves a mark in its directory.</param>
internal sealed record JobJournal(IJournal Journal, DirectoryLock? Lock = null, Action? Opened = null) : IAsyncDisposable
{
    /// <summary>Called when the job has ended: closes the journal, then lets others at it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Journal is IAsyncDisposable disposable)
            await disposable.DisposeAsync().ConfigureAwait(false);
        Lock?.Dispose();
    }
}
