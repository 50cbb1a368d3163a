using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Adapters;

/// <summary>Records of something that this process can enumerate or subscribe to. The source finishes when its input ends, and fails with it.</summary>
/// <remarks>
/// The input is read on threads of the pool, in order, while there is room for what is not committed yet; then it is held up, and nothing is
/// dropped. Each job that opens the source reads the input by itself. Not replayable: epochs run again in this process give the same records,
/// which are held in memory; the process's end loses them. What an input gave before it fails is worked off and written; then
/// the job fails.
/// </remarks>
public abstract class InputSource<T> : ISource<T>
{
    internal const long BufferedRecordsMaxDefault = 1 << 20;
    internal const int BlockRecords = 1024;

    private readonly long _bufferedRecordsMax;

    private protected InputSource(string kind, string? name, long bufferedRecordsMax)
    {
        Description = name is null ? kind : $"{kind} {name}";
        if (bufferedRecordsMax < 1)
            throw new GraphException($"Source {Description}: bufferedRecordsMax {bufferedRecordsMax} found, 1 record or more expected; correct it.");
        _bufferedRecordsMax = bufferedRecordsMax;
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsReplayable => false;

    /// <inheritdoc/>
    public int? Splits => 1;

    /// <inheritdoc/>
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var log = new RecordLog<T, CountWeight<T>>(_bufferedRecordsMax, nowMs: context.NowMs);
        return new LogReader<T, CountWeight<T>>(log, context.IsDraining ? null : new InputPump<T>(Description, log, PumpAsync));
    }

    /// <summary>Appends the input's records to the log, until it ends or it is stopped.</summary>
    private protected abstract Task PumpAsync(RecordLog<T, CountWeight<T>> log, CancellationToken stopping);
}
