using System.Collections.Concurrent;

namespace Millrace.Runtime.Tasks;

/// <summary>Counts what the source of one task leaves out, and tells a person of the first record of each reason. Thread-safe.</summary>
/// <param name="source">What a person calls the source.</param>
/// <param name="count">Counts a record by its reason.</param>
/// <param name="warn">Tells a person.</param>
internal sealed class DroppedRecords(string source, Action<string> count, Action<string> warn)
{
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    public void Add(string reason)
    {
        count(reason);
        if (_told.TryAdd(reason, true))
            warn($"Source {source} left out or repaired a record: {reason}; more of this reason are only counted (IJob.Counters)");
    }
}
