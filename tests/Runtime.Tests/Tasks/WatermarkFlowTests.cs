using Millrace.Connectors;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Runtime.Tests.Support;
using Millrace.State;
using Millrace.Time;

namespace Millrace.Runtime.Tests.Tasks;

/// <summary>Watermarks in band: merged over channels, kept in their place among the batches, taken back with their epoch.</summary>
public sealed class WatermarkFlowTests
{
    private const int RowsPerSplit = 2_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_are_given_out_in_order_of_time_and_none_is_late(bool throwsOnce)
    {
        await using var host = await TestHost.StartAsync();
        var sink = new LedgerSink<(string What, long Time)>();
        var throws = throwsOnce ? 1 : 0;
        var graph = new StreamGraph();
        var rows = graph.AddSource("ticks", new TickSource());
        var sorted = graph.AddOperator<(int Key, long Time), (string, long)>(
            "sort",
            rows,
            () => new SortOperator(time =>
            {
                if (time == 7_777 && Interlocked.Decrement(ref throws) >= 0)
                    throw new InvalidOperationException("once");
            }),
            exchange: Exchange<(int Key, long Time)>.Hash(new KeyPartitioner<int, long>()));
        graph.AddSink("ledger", sorted, sink);

        var job = await host.StartAsync(graph, TestHost.Often);
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(throwsOnce ? 1 : 0, job.Counters.Attempts);
        Assert.DoesNotContain(sink.Rows, row => row.Row.What == "late");
        Assert.Equal(
            Enumerable.Range(0, 2).SelectMany(split => Enumerable.Range(0, RowsPerSplit).Select(row => TickSource.TimeOf(split, row))).Order(),
            sink.Rows.Where(row => row.Row.What == "row").Select(row => row.Row.Time).Order());
        Assert.Equal(long.MaxValue, sink.Rows.Where(row => row.Row.What == "watermark").Max(row => row.Row.Time));
    }

    /// <summary>Two splits of rows in order of time, the second ten times slower in event time; the watermark is the last row's time less one.</summary>
    private sealed class TickSource : ISource<(int Key, long Time)>
    {
        public string Description => "ticks";

        public bool IsReplayable => true;

        public int? Splits => 2;

        public static long TimeOf(int split, int row) => split == 0 ? row * 11L : row;

        public ISplitReader<(int Key, long Time)> Open(SplitContext context) => new Reader(context.Split.Number);

        private sealed class Reader(int split) : ISplitReader<(int Key, long Time)>
        {
            private long _polled;

            public bool IsFinished => _polled == RowsPerSplit;

            public Watermark? Watermark { get; private set; }

            public long Poll(Epoch epoch, long nowMs) => _polled = Math.Max(_polled, Math.Min(RowsPerSplit, epoch.Number * 100));

            public Batch<(int Key, long Time)>? Read(long from, long to, out long next)
            {
                next = Math.Min(to, from + 30);
                var batch = Batch<(int Key, long Time)>.Rent((int)(next - from));
                for (var row = (int)from; row < next; row++)
                    batch.Add((row % 17, TimeOf(split, row)));
                Watermark = new Watermark(TimeOf(split, (int)next - 1) - 1);
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

    /// <summary>Holds rows until the watermark has passed them.</summary>
    private sealed class SortOperator(Action<long> onRow) : Operator, IInput<(int Key, long Time)>
    {
        private ValueTable<long, int> _waiting = null!;
        private Output<(string What, long Time)> _output = null!;

        public void OnBatch(Batch<(int Key, long Time)> batch)
        {
            foreach (var (_, time) in batch.Rows)
            {
                onRow(time);
                if (time < Context.Watermark.TimestampMs)
                    _output.Add(("late", time));
                _waiting.GetOrAdd(time, out _)++;
            }

            batch.Release();
            _output.Flush();
        }

        public override void OnWatermark(Watermark watermark)
        {
            var due = new List<long>();
            foreach (var (time, count) in _waiting)
            {
                if (time < watermark.TimestampMs)
                    due.AddRange(Enumerable.Repeat(time, count));
            }

            foreach (var time in due.Order())
            {
                _waiting.Remove(time);
                _output.Add(("row", time));
            }

            _output.Add(("watermark", watermark.TimestampMs));
            _output.Flush();
        }

        protected override void OnOpen()
        {
            _waiting = Context.State.Value<long, int>("waiting");
            _output = Context.Output<(string, long)>();
        }
    }
}
