using System.Collections.Immutable;
using Millrace.Data;
using Millrace.Operators;
using Millrace.State;
using Millrace.Time;

namespace Millrace.Testing;

/// <summary>Fresh, open operators in a row: each gives port 0 to the next one, the last gives its ports to the run's collectors.</summary>
internal sealed class HarnessChain
{
    private const long Seed = 20_240_607;

    private readonly HarnessRun _run;
    private readonly Operator[] _operators;
    private readonly HarnessContext[] _contexts;
    private readonly int[] _tables;
    private readonly OperatorProgress _progress = new();
    private readonly Dictionary<(int Link, int Port), object> _outputs = [];
    private readonly List<Action> _checks = [];
    private readonly List<Action> _discards = [];
    private readonly Dictionary<long, Watermark> _watermarks = [];

    public HarnessChain(HarnessRun run, ImmutableArray<Func<Operator>> create)
    {
        _run = run;
        _operators = [.. create.Select(make => make())];
        _contexts = [.. create.Select((_, link) => new HarnessContext(this, link))];
        // Back to front, as the runtime does: what stands behind an operator is there when it opens.
        for (var link = _operators.Length - 1; link >= 0; link--)
            _operators[link].Open(_contexts[link]);
        _tables = [.. _contexts.Select(context => context.Tables.Tables.Count)];
    }

    public EpochInfo Epoch { get; private set; }

    public Watermark Watermark { get; set; } = Watermark.Minimum;

    public OperatorId IdOf(int link) => new(_operators[link].GetType().Name.Split('`')[0]);

    public Output<T> OutputOf<T>(int link, int port)
    {
        if (_outputs.TryGetValue((link, port), out var known))
            return known as Output<T> ?? throw new GraphException($"{IdOf(link)}: output port {port} was asked for with two row types.");
        var isLast = link == _operators.Length - 1;
        var output = (isLast, port) switch
        {
            (true, _) => new Output<T>(_run.CollectorOf<T>(port), null, _progress),
            (false, 0) => new Output<T>(_operators[link + 1].Input<T>(0), IdOf(link + 1), _progress),
            _ => new Output<T>(null, null, _progress),
        };
        _outputs[(link, port)] = output;
        _discards.Add(output.Discard);
        _checks.Add(() =>
        {
            if (output.OpenRows > 0)
                throw new HarnessException($"{IdOf(link)} returned with {output.OpenRows} rows open in output port {port}, none expected: flush it, or a record that fails later takes them along");
        });
        return output;
    }

    public void BeginEpoch(long epoch)
    {
        Epoch = new(new Epoch(epoch), OperatorHarness.StartMs + (epoch * 1000), Seed);
        _watermarks[epoch] = Watermark;
        foreach (var context in _contexts)
        {
            context.ResetRandom();
            foreach (var table in context.Tables.Tables)
                table.BeginEpoch(epoch);
        }
    }

    public void Deliver<T>(int port, Batch<T> batch)
    {
        var count = batch.Count;
        new Output<T>(_operators[0].Input<T>(port), IdOf(0), _progress).Send(batch);
        if (batch.Count > 0 && !_run.Waits(batch))
            throw new HarnessException($"{IdOf(0)} neither passed on nor released a batch of {count} rows");
        CheckContract();
    }

    public void AdvanceWatermark(Watermark watermark)
    {
        if (watermark <= Watermark)
            return;
        Watermark = watermark;
        ForEachOperator(@operator => @operator.OnWatermark(watermark));
    }

    public void EndEpoch() => ForEachOperator(@operator => @operator.OnEpoch(Epoch));

    private void ForEachOperator(Action<Operator> call)
    {
        for (var link = 0; link < _operators.Length; link++)
        {
            try
            {
                call(_operators[link]);
            }
            catch (Exception cause) when (cause is not MillraceException)
            {
                throw new UserFunctionException(IdOf(link), cause);
            }

            CheckContract();
        }
    }

    /// <summary>Does something in a row scope, as the runtime does with a record that may fail, and takes it back or keeps it.</summary>
    public void InScope(Action act, bool takesBack)
    {
        var marks = _contexts.SelectMany(context => context.Tables.Tables).Select(table => (Table: table, Mark: table.Mark())).ToArray();
        var random = takesBack ? _contexts.Select(context => context.LendRandom()).ToArray() : [];
        act();
        if (takesBack)
            Discard();
        foreach (var (table, mark) in marks)
        {
            if (takesBack)
                table.UndoTo(mark);
            else
                table.Release(mark);
        }

        foreach (var giveBack in random)
            giveBack();
    }

    public void RollBackTo(long committed)
    {
        Watermark = _watermarks[committed + 1];
        Discard();
        for (var link = 0; link < _operators.Length; link++)
        {
            foreach (var table in _contexts[link].Tables.Tables)
                table.RollBackTo(committed);
        }

        foreach (var @operator in _operators)
            @operator.OnRollBack();
    }

    /// <summary>Commits an epoch and gives its deltas.</summary>
    public List<(int Link, StateDelta Delta)> Commit(long epoch)
    {
        var deltas = new List<(int Link, StateDelta Delta)>();
        for (var link = 0; link < _operators.Length; link++)
        {
            foreach (var table in _contexts[link].Tables.Tables)
            {
                if (table.CaptureDelta(epoch) is { } delta)
                    deltas.Add((link, delta));
                table.Commit(epoch);
            }
        }

        return deltas;
    }

    public void Apply(int link, StateDelta delta)
    {
        var table = _contexts[link].Tables.Tables.FirstOrDefault(table => string.Equals(table.Name, delta.Table, StringComparison.Ordinal))
            ?? throw new HarnessException($"{IdOf(link)} did not ask for its table {delta.Table} in OnOpen of a fresh instance, as the one before it did");
        table.Apply(delta);
    }

    public void Close()
    {
        foreach (var @operator in _operators)
            @operator.Close();
    }

    private void Discard()
    {
        foreach (var discard in _discards)
            discard();
    }

    private void CheckContract()
    {
        foreach (var check in _checks)
            check();
        for (var link = 0; link < _operators.Length; link++)
        {
            if (_contexts[link].Tables.Tables is var tables && tables.Count > _tables[link])
                throw new HarnessException($"{IdOf(link)} asked for its table {tables[^1].Name} after it was open, in OnOpen expected: a table fetched later belongs to no epoch");
        }
    }
}
