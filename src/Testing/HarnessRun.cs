using System.Collections.Immutable;
using System.Globalization;
using Millrace.Data;
using Millrace.Operators;
using Millrace.State;
using Millrace.Time;

namespace Millrace.Testing;

/// <summary>One run of a script in one way: interprets the steps, and between them does to the operators what the runtime may do.</summary>
internal sealed class HarnessRun
{
    private const int PieceSize = 2;

    private readonly HarnessWay _way;
    private readonly ImmutableArray<Func<Operator>> _create;
    private readonly IReadOnlyList<HarnessStep> _steps;
    private readonly List<HarnessCollector> _collectors = [];
    private readonly List<(int Link, StateDelta Delta)> _history = [];
    private HarnessChain _chain;
    private long _committed;

    public HarnessRun(HarnessWay way, ImmutableArray<Func<Operator>> create, IReadOnlyList<HarnessStep> steps)
    {
        _way = way;
        _create = create;
        _steps = steps;
        _chain = new(this, create);
    }

    public void Run()
    {
        _chain.BeginEpoch(1);
        for (var first = 0; first < _steps.Count;)
        {
            var end = EndOfFlight(first);
            if (_way.RollsBack)
            {
                // Half-way last: OnEpoch of the run before would hide that OnRollBack forgot a field.
                PlayAndRollBack(first, end);
                PlayAndRollBack(first, end - 1);
            }

            Play(first, end);
            Commit();
            first = end;
        }

        Guarded("end of the script", ExpectNothing);
        _chain.Close();
    }

    /// <summary>The collector behind an output port of the last operator; it outlives the operators.</summary>
    public HarnessCollector<T> CollectorOf<T>(int port)
    {
        var known = _collectors.Find(collector => collector.Port == port);
        if (known is null)
            _collectors.Add(known = new HarnessCollector<T>(port, _way.TakesOneBatch));
        return known as HarnessCollector<T>
            ?? throw new HarnessException($"output port {port} gives {known.RowType.Name}, {typeof(T).Name} expected");
    }

    /// <summary>Whether a batch was passed on to a port that has not taken it yet.</summary>
    public bool Waits(Batch batch) => _collectors.Exists(collector => ReferenceEquals(collector.Waiting, batch));

    public List<T> Take<T>(int port) => CollectorOf<T>(port).Take();

    public void ExpectNothing()
    {
        foreach (var collector in _collectors)
        {
            if (collector.Untaken is { } rows)
                throw new HarnessException($"nothing more expected from port {collector.Port}, {rows} found");
        }
    }

    public void Feed<T>(int port, T[] rows)
    {
        if (!_way.TakesBack)
        {
            Deliver(port, rows);
            return;
        }

        var marks = MarkCollectors();
        _chain.InScope(() => Deliver(port, rows), takesBack: true);
        UndoCollectors(marks);
        _chain.InScope(() => Deliver(port, rows), takesBack: false);
    }

    public void AdvanceWatermark(Watermark watermark) => _chain.AdvanceWatermark(watermark);

    public void EndEpoch()
    {
        _chain.EndEpoch();
        _chain.BeginEpoch(_chain.Epoch.Epoch.Number + 1);
    }

    private void Deliver<T>(int port, T[] rows)
    {
        var size = _way.RowByRow ? 1 : _way.TakesOneBatch ? PieceSize : Batch<T>.FullSize;
        for (var first = 0; first < rows.Length; first += size)
        {
            var part = rows.AsSpan(first, Math.Min(size, rows.Length - first));
            if (_way.FeedsViews)
                DeliverView(port, part.ToArray());
            else
                _chain.Deliver(port, Batch<T>.Of(part));
        }
    }

    private void DeliverView<T>(int port, T[] rows)
    {
        // Why rows around it: a view may start and end anywhere in its array.
        T[] array = [rows[0], .. rows, rows[^1]];
        _chain.Deliver(port, Batch<T>.View(array, 1, rows.Length));
        if (!array.AsSpan(1, rows.Length).SequenceEqual(rows, EqualityComparer<T>.Default))
            throw new HarnessException("the operator wrote to a batch that is a view on somebody else's rows");
    }

    /// <summary>Behind the last step of as many epochs as are in flight together.</summary>
    private int EndOfFlight(int first)
    {
        var epochs = 0;
        for (var step = first; step < _steps.Count; step++)
        {
            if (_steps[step].EndsEpoch && ++epochs == _way.EpochsInFlight)
                return step + 1;
        }

        return _steps.Count;
    }

    private void Play(int first, int end)
    {
        for (var step = first; step < end; step++)
        {
            var current = _steps[step];
            Guarded(string.Create(CultureInfo.InvariantCulture, $"step {step + 1} ({current})"), () => current.Play(this));
        }
    }

    private void PlayAndRollBack(int first, int end)
    {
        var marks = MarkCollectors();
        Play(first, end);
        _chain.RollBackTo(_committed);
        UndoCollectors(marks);
        _chain.BeginEpoch(_committed + 1);
    }

    private void Commit()
    {
        var current = _chain.Epoch.Epoch.Number;
        if (_committed == current - 1)
            return;
        while (_committed < current - 1)
            _history.AddRange(_chain.Commit(++_committed));
        if (_way.Restores)
            Guarded("restore", () => Restore(current));
    }

    private void Restore(long current)
    {
        _chain.Close();
        _chain = new(this, _create) { Watermark = _chain.Watermark };
        foreach (var (link, delta) in _history)
            _chain.Apply(link, delta);
        _chain.BeginEpoch(current);
    }

    private Dictionary<HarnessCollector, (int Count, int Taken)> MarkCollectors() =>
        _collectors.ToDictionary(collector => collector, collector => collector.Mark());

    private void UndoCollectors(Dictionary<HarnessCollector, (int Count, int Taken)> marks)
    {
        foreach (var collector in _collectors)
            collector.UndoTo(marks.GetValueOrDefault(collector));
    }

    /// <summary>Says where a failure happened. What a user's function threw in the plain run is left to the caller.</summary>
    private void Guarded(string where, Action act)
    {
        try
        {
            act();
        }
        catch (UserFunctionException thrown) when (thrown.InnerException is HarnessException)
        {
            throw new HarnessException($"{_chain.IdOf(0)}, way '{_way.Name}', {where}: {thrown.InnerException.Message}.", thrown);
        }
        catch (Exception cause) when (cause is HarnessException || !_way.IsPlain)
        {
            var (what, inner) = cause is HarnessException ? (cause.Message, null) : (UserText.Of(cause), cause);
            throw new HarnessException($"{_chain.IdOf(0)}, way '{_way.Name}', {where}: {what}.", inner);
        }
    }
}
