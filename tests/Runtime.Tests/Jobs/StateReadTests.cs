using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Keyed;
using Millrace.Operators.Stateless;
using Millrace.Operators.Windows;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

/// <summary>State of a job that runs alone, read while it runs.</summary>
public sealed class StateReadTests : IDisposable
{
    private static readonly Exchange<(int Key, long Value)> Hashed = Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>());

    private readonly ConcurrentQueue<(int Key, long Value)[]> _queue = new();
    private readonly LedgerSink<(int Key, long Value)> _sink = new();
    private readonly SemaphoreSlim _gate = new(0);
    private readonly ConcurrentQueue<long> _seen = new();
    private readonly SemaphoreSlim _hasSeen = new(0);
    private Func<long, long?> _onValue = static value => value < 0 ? null : value;
    private volatile bool _isHeld;
    private volatile bool _throwsOnce;

    public void Dispose()
    {
        _gate.Dispose();
        _hasSeen.Dispose();
    }

    [Fact]
    public async Task What_an_epoch_in_flight_has_changed_is_read_when_it_is_committed()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host);
        var store = job.StateOf<int, long>("store", "store");
        await FeedAsync((1, 10), (2, 5));
        var before = await store.GetAsync(1);
        Assert.Equal(10, before.Value.Value);
        Assert.InRange(before.Epoch.Number, 1, long.MaxValue);
        var history = await job.StateOf<int, long[]>("store", "history").GetAsync(1);
        Assert.Equal([10L], history.Value.Value);

        _isHeld = true;
        _queue.Enqueue([(1, 20), (2, -1), (3, 30)]);
        await SeenAsync(20, -1, 30);

        Assert.Equal(before, await store.GetAsync(1));
        Assert.Equal(5, (await store.GetAsync(2)).Value.Value);
        Assert.False((await store.GetAsync(3)).Value.HasValue);
        Assert.Equal([(1, 10L), (2, 5L)], await AllAsync(store, 10));
        Assert.Equal(2, (await store.DescribeAsync()).Count);
        Assert.Equal(before.Epoch, job.Committed);

        Open();
        await _sink.HasAsync(row => row == (3, 30));

        var after = await store.GetAsync(1);
        Assert.Equal(20, after.Value.Value);
        Assert.True(after.Epoch > before.Epoch);
        Assert.False((await store.GetAsync(2)).Value.HasValue);
        Assert.Equal([(1, 20L), (3, 30L)], await AllAsync(store, 10));
        history = await job.StateOf<int, long[]>("store", "history").GetAsync(1);
        Assert.Equal([10L, 20], history.Value.Value);
        await job.StopAsync(graceful: true);
    }

    [Fact]
    public async Task What_a_failed_epoch_has_taken_back_is_never_read()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host);
        var store = job.StateOf<int, long>("store", "store");
        await FeedAsync((1, 10));
        var committed = await store.GetAsync(1);
        var runs = 0;
        _onValue = value => value == 20 && Interlocked.Increment(ref runs) == 1 ? 999 : value;
        using var end = new CancellationTokenSource();
        var read = new ConcurrentDictionary<(long Epoch, long Value), bool>();
        var reading = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                var found = await store.GetAsync(1);
                read[(found.Epoch.Number, found.Value.Value)] = true;
            }
        });

        (_isHeld, _throwsOnce) = (true, true);
        _queue.Enqueue([(1, 20)]);
        await SeenAsync(20);
        Assert.Equal(committed, await store.GetAsync(1));
        _gate.Release();
        await SeenAsync(20);
        Assert.Equal(committed, await store.GetAsync(1));
        Open();
        await _sink.HasAsync(row => row == (1, 20));

        var after = await store.GetAsync(1);
        await end.CancelAsync();
        await reading.WaitAsync(TestHost.Patience);
        Assert.Equal(20, after.Value.Value);
        Assert.True(job.Counters.Attempts > 0);
        Assert.Subset(new HashSet<(long, long)> { (committed.Epoch.Number, 10), (after.Epoch.Number, 20) }, read.Keys.ToHashSet());
        await job.StopAsync(graceful: true);
    }

    [Fact]
    public async Task Pages_hold_no_more_than_asked_for_and_together_each_entry_once()
    {
        const int Keys = 12_000;
        await using var host = await StartHostAsync();
        var job = await StartAsync(host);
        await FeedAsync([.. Enumerable.Range(0, Keys).Select(key => (key, (long)key))]);
        var store = job.StateOf<int, long>("store", "store");

        Assert.Equal(Enumerable.Range(0, Keys).Select(key => (key, (long)key)), await AllAsync(store, 100));
        Assert.Equal(Enumerable.Range(0, Keys).Select(key => (key, (long)key)), await AllAsync(store, 1_000_000));
        var info = await store.DescribeAsync();
        Assert.Equal(("store", "store", "Int32", "Int64", false, (long)Keys), (info.Operator.Name, info.Name, info.KeyType, info.ValueType, info.IsLocal, info.Count));
        Assert.Equal([0, 1], info.Partitions.Select(partition => partition.Partition.Number));
        Assert.All(info.Partitions, partition => Assert.InRange(partition.Count, Keys / 4, Keys));
        Assert.All(info.Partitions, partition => Assert.InRange(partition.Epoch.Number, 1, job.Committed.Number));
        await job.StopAsync(graceful: true);
    }

    [Fact]
    public async Task States_of_the_operators_by_key_are_shown_as_their_programs_know_them()
    {
        await using var host = await StartHostAsync();
        var graph = new StreamGraph();
        var source = graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue));
        var sinks = new List<LedgerSink<(int Key, long Value)>>();
        Add("map", () => new MapWithStateOperator<int, long, string, (int Key, long Value)>(
            (_, key, value, state) =>
            {
                state.Update($"{key}:{value.GetOrElse(0)}");
                return (key, value.GetOrElse(0));
            },
            timeoutMs: 1_000_000));
        Add("total", () => new RunningReduceByKeyOperator<int, long>((left, right) => left + right));
        Add("window", () => new ReduceByKeyAndWindowOperator<int, long>((left, right) => left + right, null, 3, 1));
        Add("running", () => new ReduceByKeyAndWindowOperator<int, long>((left, right) => left + right, (left, right) => left - right, 3, 1));
        var job = await host.StartAsync(graph, TestHost.Often).WaitAsync(TestHost.Patience);
        for (var batch = 0; batch < 4; batch++)
        {
            var rows = sinks.ConvertAll(sink => sink.Rows.Count);
            _queue.Enqueue([(1, 10 + batch)]);
            for (var sink = 0; sink < sinks.Count; sink++)
                await sinks[sink].GrowAsync(rows[sink] + 1);
        }

        Assert.Equal("1:13", (await job.StateOf<int, string>("map").GetAsync(1)).Value.Value);
        Assert.Equal(10 + 11 + 12 + 13, (await job.StateOf<int, long>("total").GetAsync(1)).Value.Value);

        // What the next window holds so far.
        Assert.Equal(12 + 13, (await job.StateOf<int, long>("window").GetAsync(1)).Value.Value);
        Assert.Equal(12 + 13, (await job.StateOf<int, long>("running").GetAsync(1)).Value.Value);
        Assert.Equal(
            [("map", "states", "String"), ("running", "running", "Int64"), ("total", "totals", "Int64"), ("window", "stacks", "Int64")],
            (await job.ListStateAsync()).Select(info => (info.Operator.Name, info.Name, info.ValueType)));
        await job.StopAsync(graceful: true);

        void Add(string name, Func<Operators.Operator> create)
        {
            sinks.Add(new());
            graph.AddSink($"sink of {name}", graph.AddOperator<(int Key, long Value), (int Key, long Value)>(name, source, create, new NodeOptions { Name = name, IsStateful = true }, Hashed), sinks[^1]);
        }
    }

    [Fact]
    public async Task What_can_not_be_read_is_refused_in_one_line()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host);
        await FeedAsync((1, 10));

        await RefusedAsync(job.StateOf<int, long>("stor").GetAsync(1), "Operator stor: one of the job (gate, store) expected, none of that name found; correct it.");
        await RefusedAsync(job.StateOf<int, long>("gate").GetAsync(1), "Operator gate: one with state that can be read expected, none found in it; IJob.ListStateAsync names those that have.");
        await RefusedAsync(job.StateOf<int, long>("gate").DescribeAsync(), "Operator gate: one with state that can be read expected, none found.");
        await RefusedAsync(job.StateOf<int, long>("store").GetAsync(1), "Operator store: one of its tables (store, history) expected, none found.");
        await RefusedAsync(job.StateOf<int, long>("store", "stock").ReadAsync(), "Operator store: one of its tables (store, history) expected, stock found.");
        await RefusedAsync(job.StateOf<string, long>("store", "store").GetAsync("1"), "Operator store, table store: keys of type Int32 with values of type Int64 expected, String with Int64 found; ask for the types that it has.");
        await RefusedAsync(job.StateOf<int, int>("store", "store").ReadAsync(), "Operator store, table store: keys of type Int32 with values of type Int64 expected, Int32 with Int32 found; ask for the types that it has.");
        await RefusedAsync(job.StateOf<int, long>("store", "store").ReadAsync("page 2"), "Operator store: what the page before says in Next expected, 'page 2' found.");
        await RefusedAsync(job.StateOf<int, long>("store", "store").ReadAsync("2/3:00000000"), "Operator store: a page of 2 partitions expected, one of 3 found; begin again, the parallelism has changed.");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => job.StateOf<int, long>("store", "store").ReadAsync(count: 0));

        await job.StopAsync(graceful: true);
        var late = await Assert.ThrowsAsync<InvalidOperationException>(() => job.StateOf<int, long>("store", "store").GetAsync(1));
        Assert.StartsWith($"Job {job.Id} expected to run, Stopped found: its state stands in its checkpoint", late.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => job.ListStateAsync());

        static async Task RefusedAsync(Task read, string line) => Assert.Equal(line, (await Assert.ThrowsAsync<ConfigurationException>(() => read.WaitAsync(TestHost.Patience))).Message);
    }

    [Fact]
    public async Task A_value_that_is_read_is_nobody_elses()
    {
        await using var host = await StartHostAsync();
        var graph = TestHost.Graph(
            new QueueSource<(int Key, long Value)>(_queue),
            new LedgerSink<(int Key, List<long> State)>(),
            "update",
            () => new UpdateStateByKeyOperator<int, long, List<long>>((values, state) => new List<long>([.. state.GetOrElse([]), .. values])),
            Hashed,
            new NodeOptions { Name = "update", IsStateful = true });
        var job = await host.StartAsync(graph, TestHost.Often).WaitAsync(TestHost.Patience);
        var states = job.StateOf<int, List<long>>("update");
        _queue.Enqueue([(1, 10)]);
        StateValue<List<long>> read;
        do
            read = await states.GetAsync(1).WaitAsync(TestHost.Patience);
        while (!read.Value.HasValue);

        read.Value.Value.Add(666);

        read = await states.GetAsync(1);
        Assert.Equal([10L], read.Value.Value);
        await job.StopAsync(graceful: true);
    }

    private static Task<MillraceHost> StartHostAsync() => TestHost.StartAsync("millrace.task.threads = 4");

    private static async Task<List<(TKey Key, TValue Value)>> AllAsync<TKey, TValue>(IStateTable<TKey, TValue> table, int count)
    {
        var all = new List<(TKey Key, TValue Value)>();
        string? from = null;
        do
        {
            var page = await table.ReadAsync(from, count).WaitAsync(TestHost.Patience);
            Assert.InRange(page.Entries.Count, from is null ? 0 : 1, Math.Min(count, 5000) + 2);
            all.AddRange(page.Entries);
            from = page.Next;
        }
        while (from is not null);
        return [.. all.OrderBy(entry => entry.Key)];
    }

    /// <summary>source → store by key → gate → ledger.</summary>
    private Task<IJob> StartAsync(MillraceHost host)
    {
        var graph = new StreamGraph();
        var stored = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "store", graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue)), () => new StoreOperator(OnValue), new NodeOptions { Name = "store", IsStateful = true }, Hashed);
        var passed = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "gate", stored, () => new MapOperator<(int Key, long Value), (int Key, long Value)>(Pass), new NodeOptions { Name = "gate", Parallelism = 1 }, Exchange<(int Key, long Value)>.Rebalance);
        graph.AddSink("ledger", passed, _sink);
        return host.StartAsync(graph, TestHost.Often).WaitAsync(TestHost.Patience);
    }

    private long? OnValue(long value)
    {
        var stored = _onValue(value);
        _seen.Enqueue(value);
        _hasSeen.Release();
        return stored;
    }

    private (int Key, long Value) Pass((int Key, long Value) row)
    {
        if (_isHeld)
            _gate.Wait();
        if (!_throwsOnce)
            return row;
        _throwsOnce = false;
        throw new FormatException("once");
    }

    private void Open()
    {
        _isHeld = false;
        _gate.Release(100);
    }

    /// <summary>Waits until the store has had these values, in whatever order its partitions are.</summary>
    private async Task SeenAsync(params long[] values)
    {
        var missing = values.ToHashSet();
        while (missing.Count > 0)
        {
            Assert.True(await _hasSeen.WaitAsync(TestHost.Patience));
            if (_seen.TryDequeue(out var seen))
                missing.Remove(seen);
        }
    }

    private async Task FeedAsync(params (int Key, long Value)[] rows)
    {
        _queue.Enqueue(rows);
        await _sink.HasAsync(row => row == rows[^1]);
    }
}
