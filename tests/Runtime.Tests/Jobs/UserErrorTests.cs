using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Keyed;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class UserErrorTests
{
    private static readonly (int Key, long Value)[] Rows = [.. Enumerable.Range(0, 20).Select(row => (row % 5, (long)row))];

    [Fact]
    public async Task A_poison_record_in_a_source_chain_is_named_by_operator_source_split_and_offset()
    {
        var message = await FailAsync("map", () => new MapOperator<(int Key, long Value), (int Key, long Value)>(row => Poisoned(row)));

        Assert.Contains("map(queue)", message, StringComparison.Ordinal);
        Assert.Contains("queue, split 1, offset 3, epoch 1", message, StringComparison.Ordinal);
        Assert.Contains("FormatException: poison", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poison_record_behind_an_exchange_is_named_by_operator_key_and_epoch()
    {
        var message = await FailAsync("sum", () => new RunningSumOperator(value => Poisoned((3, value)), []), Hashed);

        Assert.Contains("sum(queue)", message, StringComparison.Ordinal);
        Assert.Contains("key 3; epoch 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_at_the_end_of_an_epoch_is_named_by_operator_key_and_epoch()
    {
        var message = await FailAsync(
            "update", () => new UpdateStateByKeyOperator<int, long, long>((values, _) => values.Contains(13) ? Poisoned((3, 13)).Value : 0), Hashed);

        Assert.Contains("update(queue)", message, StringComparison.Ordinal);
        Assert.Contains("for key 3", message, StringComparison.Ordinal);
        Assert.Contains("at the end of epoch 1", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_poison_record_is_left_out_and_counted_once_although_its_epoch_runs_again()
    {
        await using var host = await TestHost.StartAsync();
        var (sink, left) = (new LedgerSink<(int Key, long Value)>(), 2);
        var graph = new StreamGraph();
        var mapped = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "map", graph.AddSource("queue", new QueueSource<(int Key, long Value)>(new([Rows]), endsWhenEmpty: true)), () => new MapOperator<(int Key, long Value), (int Key, long Value)>(Poisoned));
        var updated = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "update",
            mapped,
            () => new UpdateStateByKeyOperator<int, long, long>((values, _) => Interlocked.Decrement(ref left) >= 0 ? throw new FormatException("once") : values.Count),
            null,
            Hashed);
        graph.AddSink("ledger", updated, sink);

        var job = await host.StartAsync(graph, TestHost.Often with { OnError = ErrorPolicy.Skip });
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(1, job.Counters.RecordsSkipped);
        Assert.InRange(job.Counters.Attempts, 2, 3);
        Assert.Equal([4, 4, 4, 3, 4], sink.Rows.Where(row => row.Epoch == 1).OrderBy(row => row.Row.Key).Select(row => row.Row.Value));
    }

    [Fact]
    public async Task A_function_that_throws_what_ends_jobs_is_treated_like_others()
    {
        await using var host = await TestHost.StartAsync();
        var sink = new LedgerSink<(int Key, long Value)>();
        var graph = TestHost.Graph(
            new QueueSource<(int Key, long Value)>(new([Rows]), endsWhenEmpty: true),
            sink,
            "map",
            () => new MapOperator<(int Key, long Value), (int Key, long Value)>(row => row.Value == 13 ? throw new JobFailedException("mine") : row),
            null);

        var job = await host.StartAsync(graph, TestHost.Often with { OnError = ErrorPolicy.Skip });
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(1, job.Counters.RecordsSkipped);
    }

    [Fact]
    public async Task Tasks_that_each_find_records_of_their_own_use_up_no_attempts()
    {
        const int Parallelism = 8;
        await using var host = await TestHost.StartAsync();
        var sink = new LedgerSink<int>();
        var graph = new StreamGraph();
        var rows = Enumerable.Range(0, 2000).ToArray();
        var parsed = graph.AddOperator<int, int>(
            "parse",
            graph.AddSource("queue", new QueueSource<int>(new(rows.Chunk(400)), endsWhenEmpty: true)),
            () => new MapOperator<int, int>(row => row % 20 == 0 ? throw new FormatException("no number") : row),
            new NodeOptions { Parallelism = Parallelism },
            Exchange<int>.Rebalance);
        graph.AddSink("ledger", parsed, sink);

        var job = await host.StartAsync(graph, TestHost.Often with { OnError = ErrorPolicy.Skip });
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(100, job.Counters.RecordsSkipped);
        Assert.Equal(rows.Where(row => row % 20 != 0), sink.Rows.Select(entry => entry.Row).Order());
        Assert.True(job.Counters.Attempts > 4, $"{job.Counters.Attempts} attempts: too few to show anything.");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_key_whose_hash_throws_is_left_out_with_its_record(int parallelism)
    {
        await using var host = await TestHost.StartAsync();
        var sink = new LedgerSink<(BadKey Key, long State)>();
        (BadKey, long)[] rows = [(new(1), 10), (new(13), 20), (new(2), 30), (new(1), 40)];
        var graph = TestHost.Graph(
            new QueueSource<(BadKey Key, long Value)>(new([rows]), endsWhenEmpty: true),
            sink,
            "update",
            () => new UpdateStateByKeyOperator<BadKey, long, long>((values, _) => values.Sum()),
            Exchange<(BadKey Key, long Value)>.Hash(new KeyPartitioner<BadKey, long>()));

        var job = await host.StartAsync(graph, TestHost.Often with { OnError = ErrorPolicy.Skip, Parallelism = parallelism });
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(1, job.Counters.RecordsSkipped);
        Assert.Equal([(1, 50L), (2, 30L)], sink.Rows.Where(row => row.Epoch == 1).Select(row => (row.Row.Key.Number, row.Row.State)).Order());
    }

    private sealed record BadKey(int Number) : IStableKey
    {
        public ulong StableHash() => Number == 13 ? throw new FormatException("no hash") : (ulong)Number;
    }

    private static Exchange<(int Key, long Value)> Hashed => Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>());

    private static (int Key, long Value) Poisoned((int Key, long Value) row) => row.Value == 13 ? throw new FormatException("poison\nof two lines") : row;

    private static async Task<string> FailAsync(string kind, Func<Operator> step, Exchange<(int Key, long Value)>? exchange = null)
    {
        await using var host = await TestHost.StartAsync();
        var graph = TestHost.Graph(
            new QueueSource<(int Key, long Value)>(new([Rows]), endsWhenEmpty: true), new LedgerSink<(int Key, long Value)>(), kind, step, exchange);
        var job = await host.StartAsync(graph, TestHost.Often);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => job.Completion.WaitAsync(TestHost.Patience));
        Assert.DoesNotContain('\n', failure.Message);
        return failure.Message;
    }
}
