using Microsoft.Extensions.Logging;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What the parts of one open journal share.</summary>
/// <param name="Job">As the user called it.</param>
/// <param name="Streams">What the names of its streams begin with.</param>
internal sealed record SqlJournalContext(string Job, string Streams, SqlDatabase Database, SqlJournalOptions Options, SqlOutage Outage, ILogger Logger)
{
    private readonly string _prefix = Uri.EscapeDataString(Streams);

    /// <summary>The stream's name in the database. A slash before it is escaped, so that no two jobs share one.</summary>
    public string PersistenceId(JournalStream stream) => $"{_prefix}/{stream}";
}
