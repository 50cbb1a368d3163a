using Microsoft.Extensions.Logging;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What the parts of one open journal share.</summary>
/// <param name="Job">As the user called it.</param>
internal sealed record SqlJournalContext(string Job, SqlDatabase Database, SqlJournalOptions Options, SqlOutage Outage, ILogger Logger)
{
    private readonly string _prefix = Uri.EscapeDataString(Job);

    /// <summary>The stream's name in the database. A slash in the job's name is escaped, so that no two jobs share one.</summary>
    public string PersistenceId(JournalStream stream) => $"{_prefix}/{stream}";
}
