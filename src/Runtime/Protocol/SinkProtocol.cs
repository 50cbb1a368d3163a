using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>Applies the committed epochs of one sink task to its external system, each once and in order.</summary>
/// <remarks>
/// <para>
/// Rows and watermark change in one external transaction, on condition that the watermark stands at the previous committed epoch.
/// So it does not matter who else tries: a former owner, an own earlier call of unknown outcome that lands late. A conflict at or
/// behind the epoch means that its named rows are already there. An unknown outcome is looked up, never assumed.
/// </para>
/// <para>
/// A new owner starts where the external watermark stands, not at the base of its attempt: the epochs in between are committed, so
/// their named rows are fetched from the journal and applied first.
/// </para>
/// <code>
/// Start ─► reading watermark ─► idle ◄─► fetching (restore) ─► applying ─► idle
///                                                  unknown: reading watermark ─► applied, or apply again
/// </code>
/// </remarks>
internal sealed class SinkProtocol
{
    private const long RetryMsMax = 2000;
    private const int DoublingsMax = 10;

    private readonly Queue<SinkMessages.Enqueue> _queue = new();
    private readonly ImmutableArray<ControlMessages.EpochReference> _references;
    private readonly long _committed;
    private readonly long _origin;
    private readonly long _appliedAtLeast;
    private readonly long _retryMs;
    private readonly ProtocolFaults _faults;
    private int _nextReference;
    private Phase _phase;
    private long _epoch;
    private long _previous;
    private object? _rows;
    private long _found;
    private int _failures;

    /// <param name="references">The named rows of this task up to its base; empty when the task was not restored.</param>
    /// <param name="committed">The base: no sink can have more.</param>
    /// <param name="origin">The epoch of the savepoint that the job began from, 0 for none: a sink that holds less lacks nothing up to there.</param>
    /// <param name="appliedAtLeast">The last epoch that every sink is known to have; one that keeps no watermark is taken to stand there.</param>
    /// <param name="retryMs">Pause before what failed is tried again; doubled as long as it fails, up to 2 s.</param>
    /// <param name="faults">Switched on by tests.</param>
    public SinkProtocol(
        ImmutableArray<ControlMessages.EpochReference> references, long committed, long origin = 0, long appliedAtLeast = 0, long retryMs = 50, ProtocolFaults faults = ProtocolFaults.None)
    {
        _references = references;
        _committed = committed;
        _origin = origin;
        _appliedAtLeast = appliedAtLeast;
        _retryMs = retryMs;
        _faults = faults;
    }

    private enum Phase
    {
        ReadingWatermark,
        Idle,
        Fetching,
        Applying,
        LookingUp,
    }

    /// <value>The external system has everything up to this epoch; -1 until its watermark has been read.</value>
    public long Watermark { get; private set; } = -1;

    /// <value>Epochs that wait or are on their way.</value>
    public int Pending => _queue.Count + _references.Length - _nextReference + (_phase is Phase.Idle or Phase.ReadingWatermark ? 0 : 1);

    /// <value>When the next <see cref="SinkMessages.Tick"/> is due; <see cref="long.MaxValue"/>: none.</value>
    public long NextWakeMs { get; private set; } = long.MaxValue;

    public void Step(ISinkInput input, long nowMs, List<ISinkEffect> effects)
    {
        switch (input)
        {
            case SinkMessages.Start:
                effects.Add(new SinkMessages.ReadWatermark());
                break;
            case SinkMessages.Enqueue enqueue:
                _queue.Enqueue(enqueue);
                break;
            case SinkMessages.WatermarkRead read:
                _failures = 0;
                OnWatermark(read.Watermark ?? Known, effects);
                break;
            case SinkMessages.RowsFetched fetched when _phase == Phase.Fetching && fetched.Epoch == _epoch:
                _failures = 0;
                _rows = fetched.Rows;
                Apply(effects);
                break;
            case SinkMessages.ApplyEnded ended when _phase == Phase.Applying && ended.Epoch == _epoch:
                OnApplyEnded(ended, effects);
                break;
            case SinkMessages.WatermarkUnknown:
            case SinkMessages.FetchFailed:
                NextWakeMs = nowMs + Math.Min(_retryMs << _failures, RetryMsMax);
                _failures = Math.Min(_failures + 1, DoublingsMax);
                break;
            case SinkMessages.Tick when nowMs >= NextWakeMs:
                NextWakeMs = long.MaxValue;
                effects.Add(_phase == Phase.Fetching ? new SinkMessages.FetchRows(_references[_nextReference - 1]) : new SinkMessages.ReadWatermark());
                break;
        }

        if (_phase == Phase.Idle)
        {
            Next(effects);
        }
    }

    /// <summary>What a sink without a watermark has for certain.</summary>
    private long Known => Math.Max(Watermark, (_faults & ProtocolFaults.ForgetAppliedEpochs) == ProtocolFaults.None ? _appliedAtLeast : 0);

    /// <summary>Where the external watermark must stand before the epoch is applied.</summary>
    /// <remarks>A partition that is new, or was not used by the job that the savepoint is of, stands where that left it.</remarks>
    private long Expected => _previous == _origin ? Math.Min(_found, _previous) : _previous;

    /// <summary>The last epoch whose rows are kept no longer, since every sink had them.</summary>
    private long LeastExpected => _references.IsEmpty ? _committed : _references[0].Previous;

    private void OnWatermark(long watermark, List<ISinkEffect> effects)
    {
        if (_phase == Phase.ReadingWatermark && watermark > _committed)
        {
            effects.Add(new SinkMessages.Contradiction(
                $"epoch {_committed} at most expected, epoch {watermark} found: what is there was written with another journal, or the end of this one is gone; give this job the checkpoint directory that belongs to it, or an empty sink."));
        }
        else if (_phase == Phase.ReadingWatermark && Math.Max(watermark, _origin) < LeastExpected)
        {
            effects.Add(new SinkMessages.Contradiction(
                $"epoch {LeastExpected} or a later one expected as the last one there, epoch {watermark} found: what was written is gone, or this is another place; restore it as it was, or give this job an empty sink and an empty checkpoint directory."));
        }
        else if (_phase == Phase.ReadingWatermark)
        {
            _phase = Phase.Idle;
            _found = watermark;
            Watermark = Math.Max(watermark, _origin);
            effects.Add(new SinkMessages.Applied(Watermark));
        }
        else if (_phase == Phase.LookingUp)
        {
            Settle(watermark, effects);
        }
    }

    private void OnApplyEnded(SinkMessages.ApplyEnded ended, List<ISinkEffect> effects)
    {
        if (ended.Outcome == AppendOutcome.Ok
            || (ended.Outcome == AppendOutcome.Unknown && (_faults & ProtocolFaults.UnknownWriteIsSuccess) != ProtocolFaults.None))
        {
            Settle(_epoch, effects);
        }
        else if (ended.Outcome == AppendOutcome.Conflict)
        {
            Settle(ended.Watermark, effects);
        }
        else
        {
            _phase = Phase.LookingUp;
            effects.Add(new SinkMessages.ReadWatermark());
        }
    }

    /// <summary>The watermark is known: the epoch is in, or can be tried (again).</summary>
    private void Settle(long watermark, List<ISinkEffect> effects)
    {
        if (watermark >= _epoch)
        {
            _phase = Phase.Idle;
            _rows = null;
            Watermark = _epoch;
            effects.Add(new SinkMessages.Applied(_epoch));
        }
        else if (watermark == Expected)
        {
            Apply(effects);
        }
        else
        {
            effects.Add(new SinkMessages.Contradiction(
                $"epoch {Expected} expected as the last one there, epoch {watermark} found: what was committed has been changed since; restore it as it was, or give this job an empty sink and an empty checkpoint directory."));
        }
    }

    private void Next(List<ISinkEffect> effects)
    {
        while (_nextReference < _references.Length)
        {
            var reference = _references[_nextReference++];
            if (reference.Epoch > Watermark)
            {
                (_epoch, _previous, _phase) = (reference.Epoch, reference.Previous, Phase.Fetching);
                effects.Add(new SinkMessages.FetchRows(reference));
                return;
            }
        }

        while (_queue.TryDequeue(out var next))
        {
            if (next.Epoch > Watermark)
            {
                (_epoch, _previous, _rows) = (next.Epoch, next.Previous, next.Rows);
                Apply(effects);
                return;
            }
        }
    }

    private void Apply(List<ISinkEffect> effects)
    {
        _phase = Phase.Applying;
        var isConditional = (_faults & ProtocolFaults.SinkIgnoresPreviousWatermark) == ProtocolFaults.None;
        effects.Add(new SinkMessages.Apply(_epoch, Expected, _rows, isConditional));
    }
}
