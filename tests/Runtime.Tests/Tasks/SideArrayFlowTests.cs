using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Tasks;

/// <summary>Event times and change kinds travel with their rows: through operators, over exchanges, also when an epoch runs again.</summary>
public sealed class SideArrayFlowTests
{
    private const int RowsPerSplit = 3_000;

    public static TheoryData<ExchangeKind, bool> Ways
    {
        get
        {
            var ways = new TheoryData<ExchangeKind, bool>();
            foreach (var kind in new[] { ExchangeKind.Forward, ExchangeKind.Hash, ExchangeKind.Broadcast, ExchangeKind.Rebalance, ExchangeKind.Global })
            {
                ways.Add(kind, false);
                ways.Add(kind, true);
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Every_row_keeps_its_sides(ExchangeKind kind, bool throwsOnce)
    {
        await using var host = await TestHost.StartAsync();
        var sink = new LedgerSink<(int Row, long Time, ChangeKind Change)>();
        var throws = throwsOnce ? 1 : 0;
        var graph = new StreamGraph();
        var rows = graph.AddSource("stamped", new StampedSource());
        var flat = graph.AddOperator<int, int>("twice", rows, () => new FlatMapOperator<int, int>((row, output) => output.AddRange([row, row])));
        var odd = graph.AddOperator<int, int>("odd", flat, () => new FilterOperator<int>(row => row % 2 == 1));
        var mapped = graph.AddOperator<int, (int, int)>("pair", odd, () => new MapOperator<int, (int, int)>(row => (row, row)));
        var read = graph.AddOperator<(int, int), (int, long, ChangeKind)>(
            "read",
            mapped,
            () => new ReadOperator(row =>
            {
                if (row == 1777 && Interlocked.Decrement(ref throws) >= 0)
                    throw new InvalidOperationException("once");
            }),
            new NodeOptions { Parallelism = kind == ExchangeKind.Global ? 1 : 2 },
            ExchangeOf(kind));
        graph.AddSink("ledger", read, sink);

        var job = await host.StartAsync(graph, TestHost.Often);
        await job.Completion.WaitAsync(TestHost.Patience);

        var copies = kind == ExchangeKind.Broadcast ? 4 : 2;
        var expected = Enumerable.Range(0, 2 * RowsPerSplit).Where(row => row % 2 == 1)
            .SelectMany(row => Enumerable.Repeat((row, StampedSource.TimeOf(row), StampedSource.ChangeOf(row)), copies));
        Assert.Equal(expected, sink.Rows.Select(row => row.Row).Order());
        Assert.Equal(throwsOnce ? 1 : 0, job.Counters.Attempts);
    }

    private static Exchange<(int, int)> ExchangeOf(ExchangeKind kind) => kind switch
    {
        ExchangeKind.Hash => Exchange<(int, int)>.Hash(new KeyPartitioner<int, int>()),
        ExchangeKind.Broadcast => Exchange<(int, int)>.Broadcast,
        ExchangeKind.Rebalance => Exchange<(int, int)>.Rebalance,
        ExchangeKind.Global => Exchange<(int, int)>.Global,
        _ => Exchange<(int, int)>.Forward,
    };

    private sealed class StampedSource : ISource<int>
    {
        public string Description => "stamped";

        public bool IsReplayable => true;

        public int? Splits => 2;

        public static long TimeOf(int row) => row * 7L;

        public static ChangeKind ChangeOf(int row) => (ChangeKind)(row / 2 % 4);

        public ISplitReader<int> Open(SplitContext context) => new Reader(context.Split.Number);

        private sealed class Reader(int split) : ISplitReader<int>
        {
            private long _polled;

            public bool IsFinished => _polled == RowsPerSplit;

            public long Poll(Epoch epoch, long nowMs) => _polled = Math.Max(_polled, Math.Min(RowsPerSplit, epoch.Number * 500));

            public Batch<int>? Read(long from, long to, out long next)
            {
                next = Math.Min(to, from + 1 + (from % 700));
                var batch = Batch<int>.Rent((int)(next - from));
                for (var row = (int)from; row < next; row++)
                    batch.Add((split * RowsPerSplit) + row);
                var times = batch.AttachTimes();
                var changes = batch.AttachChanges();
                for (var row = 0; row < batch.Count; row++)
                    (times[row], changes[row]) = (TimeOf(batch.Rows[row]), ChangeOf(batch.Rows[row]));
                return batch;
            }

            public void Release(long offset)
            {
            }

            public void Dispose()
            {
            }
        }
    }

    private sealed class ReadOperator(Action<int> onRow) : Operator, IInput<(int Row, int)>
    {
        private Output<(int, long, ChangeKind)> _output = null!;

        public void OnBatch(Batch<(int Row, int)> batch)
        {
            for (var row = 0; row < batch.Count; row++)
            {
                onRow(batch.Rows[row].Row);
                _output.Add((batch.Rows[row].Row, batch.Times[row], batch.Changes[row]));
            }

            batch.Release();
            _output.Flush();
        }

        protected override void OnOpen() => _output = Context.Output<(int, long, ChangeKind)>();
    }
}
