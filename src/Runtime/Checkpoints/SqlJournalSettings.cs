using Microsoft.Extensions.Logging;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What all actors of one <see cref="SqlJournal"/> share.</summary>
/// <param name="Job">Name of the job, as it is shown.</param>
/// <param name="ChunkSizeBytes">Largest chunk of a row.</param>
/// <param name="Outage">Hears of every success and failure.</param>
/// <param name="Logger">The host's.</param>
internal sealed record SqlJournalSettings(string Job, int ChunkSizeBytes, SqlOutage Outage, ILogger Logger)
{
    // Escaped, since a name may hold the separator: job 'a/lease' is not the lease of job 'a'.
    private readonly string _prefix = Uri.EscapeDataString(Job) + "/";

    public string PersistenceId(JournalStream stream) => _prefix + stream;
}
