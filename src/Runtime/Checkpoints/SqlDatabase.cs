using LinqToDB;

namespace Millrace.Runtime.Checkpoints;

/// <summary>The database below a journal: how it is reached, named and made ready.</summary>
internal abstract class SqlDatabase
{
    /// <value>Table of the rows. It is the one that the persistence plugin would make, but for its indexes and the width of texts.</value>
    public const string Table = "millrace_journal";

    /// <value>What the user is told: without name of user and password.</value>
    public abstract string Name { get; }

    public abstract string ConnectionString { get; }

    /// <value>As linq2db calls it.</value>
    public abstract string ProviderName { get; }

    /// <summary>How linq2db connects.</summary>
    public virtual DataOptions Connecting => new DataOptions().UseConnectionString(ProviderName, ConnectionString);

    /// <summary>Connects within a few seconds, makes the table where there is none.</summary>
    public abstract Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Whether it still is where it was opened: what is written to a file that was deleted is gone with the process.</summary>
    public virtual bool IsThere => true;

    /// <summary>Keeps other processes from a job's streams until it is disposed of; null and who has them, for a person, where one does.</summary>
    /// <param name="streams">What the job's streams are called by.</param>
    /// <param name="isUsed">Whether a process has had them before.</param>
    /// <param name="cancellation">Ends the try.</param>
    public abstract Task<(IAsyncDisposable? Hold, string Owner)> TryHoldAsync(string streams, bool isUsed, CancellationToken cancellation);

    /// <summary>Closes connections that wait for their next use.</summary>
    public abstract void ClearPool();
}
