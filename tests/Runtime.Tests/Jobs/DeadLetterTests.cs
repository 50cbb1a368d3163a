using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Aggregates;
using Millrace.Operators.Keyed;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class DeadLetterTests
{
    // A key of its own for the row that comes after all others.
    private const int Mark = -1000;

    // So that the rows of a key come in their order.
    private static readonly JobOptions OneSplit = TestHost.Often with { Parallelism = 1 };

    private readonly ConcurrentQueue<(int Key, long Value)[]> _queue = new();
    private readonly LedgerSink<(int Key, long Value)> _sink = new();
    private readonly ConcurrentDictionary<long, bool> _poison = new();
    private long _fed;

    [Fact]
    public async Task A_record_that_fails_is_kept_with_its_error_and_place_and_the_others_go_on()
    {
        await using var host = await TestHost.StartAsync();
        var job = await StartAsync(host, Mapped(ErrorPolicy.DeadLetter));
        _poison[13] = true;
        await FeedAsync((1, 11), (2, 12), (1, 13), (2, 14), (1, 15));

        var letter = Assert.Single(await job.DeadLetters.ReadAsync());

        Assert.Equal("map(queue)", letter.Operator.Name);
        Assert.Equal((1, 13L), letter.Record);
        Assert.Null(letter.Key);
        Assert.Matches(@"^queue, split \d, offset \d, epoch 1$", letter.Place);
        Assert.Equal("Operator map(queue) threw FormatException: poison 13", letter.Error);
        Assert.Contains("at Millrace.Runtime.Tests.Jobs.DeadLetterTests", letter.Details, StringComparison.Ordinal);
        Assert.Equal((false, false, 1L), (letter.IsParked, letter.IsWaiting, letter.Epoch.Number));
        Assert.Equal([11L, 12, 14, 15], Values());
        Assert.Equal((1L, 0L), (job.Counters.RecordsDeadLettered, job.Counters.RecordsSkipped));
        await job.StopAsync(graceful: true);
    }

    [Fact]
    public async Task Replay_runs_a_healed_record_once_and_one_that_fails_again_is_a_new_letter()
    {
        await using var host = await TestHost.StartAsync();
        var job = await StartAsync(host, Mapped(ErrorPolicy.DeadLetter));
        (_poison[13], _poison[14]) = (true, true);
        await FeedAsync((1, 13), (1, 14), (1, 15));
        var before = await job.DeadLetters.ReadAsync();
        _poison.TryRemove(13, out _);

        await job.DeadLetters.ReplayAllAsync();

        var after = Assert.Single(await job.DeadLetters.ReadAsync());
        Assert.Equal((1, 14L), after.Record);
        Assert.DoesNotContain(after.Id, before.Select(letter => letter.Id));
        await job.StopAsync(graceful: true);
        Assert.Equal([13L, 15], Values());
    }

    [Fact]
    public async Task Discard_forgets_what_it_names_and_nothing_else()
    {
        await using var host = await TestHost.StartAsync();
        var job = await StartAsync(host, Mapped(ErrorPolicy.DeadLetter));
        (_poison[13], _poison[14]) = (true, true);
        await FeedAsync((1, 13), (2, 14), (3, 15));
        var letters = await job.DeadLetters.ReadAsync();
        _poison.Clear();

        await job.DeadLetters.DiscardAsync(letters.Where(letter => letter.Record is (1, 13L)));
        await job.DeadLetters.ReplayAsync(letters);

        Assert.Empty(await job.DeadLetters.ReadAsync());
        await job.StopAsync(graceful: true);
        Assert.Equal([14L, 15], Values());
    }

    [Fact]
    public async Task Records_of_a_parked_key_wait_in_order_while_other_keys_go_on_until_it_is_replayed()
    {
        await using var host = await TestHost.StartAsync();
        var job = await StartAsync(host, Summed(ErrorPolicy.Park));
        _poison[13] = true;
        await FeedAsync((3, 11), (3, 13), (4, 14), (3, 15));
        await FeedAsync((4, 16), (3, 17));
        var letters = await job.DeadLetters.ReadAsync();

        Assert.Equal([13L, 15, 17], letters.Select(letter => (((int, long Value))letter.Record!).Value));
        Assert.Equal([false, true, true], letters.Select(letter => letter.IsWaiting));
        Assert.All(letters, letter => Assert.Equal((true, (object)3), (letter.IsParked, letter.Key)));
        Assert.Equal($"waits behind {letters[0].Id}", letters[2].Error);
        Assert.Equal([11L], ValuesOf(3));
        Assert.Equal([14L, 16], ValuesOf(4));

        _poison.Clear();
        await job.DeadLetters.ReplayAsync(letters.Take(1));
        await FeedAsync((3, 18));

        Assert.Equal([11L, 13, 15, 17, 18], ValuesOf(3));
        Assert.Empty(await job.DeadLetters.ReadAsync());
        await job.StopAsync(graceful: true);
        Assert.Equal(11L + 13 + 15 + 17 + 18, _sink.Rows.Last(row => row.Row.Key == ~3).Row.Value);
    }

    [Fact]
    public async Task A_parked_key_goes_on_without_the_record_that_was_discarded()
    {
        await using var host = await TestHost.StartAsync();
        var job = await StartAsync(host, Summed(ErrorPolicy.Park));
        _poison[13] = true;
        await FeedAsync((3, 13), (3, 15));
        var letters = await job.DeadLetters.ReadAsync();

        await job.DeadLetters.DiscardAsync(letters.Take(1));
        await FeedAsync((3, 17));
        Assert.Empty(ValuesOf(3));
        await job.DeadLetters.ReplayAllAsync();
        await job.StopAsync(graceful: true);

        Assert.Equal([15L, 17], ValuesOf(3));
    }

    [Fact]
    public async Task Letters_and_parked_keys_are_found_again_after_a_restart()
    {
        var journal = new MemoryJournal(isDurable: true);
        var options = OneSplit with { Name = "letters", CheckpointDirectory = "unused" };
        await using (var first = await StartHostAsync(journal))
        {
            var job = await StartAsync(first, Summed(ErrorPolicy.Park), options);
            _poison[13] = true;
            await FeedAsync((3, 13), (3, 15), (4, 16));
            Assert.Equal(2, (await job.DeadLetters.ReadAsync()).Count);
            await job.StopAsync(graceful: true);
        }

        _poison.Clear();
        await using var second = await StartHostAsync(journal);
        var resumed = await StartAsync(second, Summed(ErrorPolicy.Park), options);
        Assert.Equal(2, (await resumed.DeadLetters.ReadAsync()).Count);
        await FeedAsync((3, 17));
        Assert.Empty(ValuesOf(3));
        await resumed.DeadLetters.ReplayAllAsync();
        await resumed.StopAsync(graceful: true);

        Assert.Equal([13L, 15, 17], ValuesOf(3));
    }

    [Fact]
    public async Task A_checkpoint_with_letters_is_refused_by_a_program_that_keeps_none()
    {
        var journal = new MemoryJournal(isDurable: true);
        var options = OneSplit with { Name = "letters", CheckpointDirectory = "unused" };
        await using (var first = await StartHostAsync(journal))
        {
            var job = await StartAsync(first, Summed(ErrorPolicy.Park), options);
            _poison[13] = true;
            await FeedAsync((3, 13));
            await job.StopAsync(graceful: true);
        }

        await using var second = await StartHostAsync(journal);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => StartAsync(second, Summed(ErrorPolicy.Fail), options));

        Assert.Contains("Operator sum(queue) has dead letters in the checkpoint, and the program has no error policy that keeps them", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ErrorPolicy.Skip)]
    [InlineData(ErrorPolicy.DeadLetter)]
    public async Task What_an_operator_gives_out_at_the_end_of_an_epoch_is_a_record_for_the_one_behind_it(ErrorPolicy policy)
    {
        await using var host = await TestHost.StartAsync();
        var graph = new StreamGraph();
        var source = graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue));
        var reduced = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "reduce", source, () => new ReduceByKeyOperator<int, long>((left, right) => left + right), null, Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));
        var mapped = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "map", reduced, () => new MapOperator<(int Key, long Value), (int Key, long Value)>(row => Check(row)), new NodeOptions { OnError = policy });
        var filtered = graph.AddOperator<(int Key, long Value), (int Key, long Value)>("filter", mapped, () => new FilterOperator<(int Key, long Value)>(_ => true));
        graph.AddSink("ledger", filtered, _sink);
        var job = await StartAsync(host, graph);
        _poison[30] = true;

        await FeedAsync((1, 10), (2, 15), (3, 3), (1, 11), (2, 15));

        Assert.Equal([3L, 21], Values());
        Assert.Equal(policy == ErrorPolicy.Skip ? (1, 0) : (0, 1), (job.Counters.RecordsSkipped, job.Counters.RecordsDeadLettered));
        if (policy == ErrorPolicy.DeadLetter)
        {
            var letter = Assert.Single(await job.DeadLetters.ReadAsync());
            Assert.Equal(((2, 30L), "map(queue)", "given out by reduce(queue), epoch 1"), (letter.Record, letter.Operator.Name, letter.Place));
            _poison.Clear();
            await job.DeadLetters.ReplayAllAsync();
        }

        await job.StopAsync(graceful: true);
        Assert.Equal(policy == ErrorPolicy.Skip ? [3L, 21] : [3L, 21, 30], Values());
    }

    [Fact]
    public async Task A_failure_behind_an_operator_that_gives_out_at_the_end_names_both_and_ends_the_job()
    {
        await using var host = await TestHost.StartAsync();
        var graph = new StreamGraph();
        var counted = graph.AddOperator<(int Key, long Value), long>("count", graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue)), () => new CountOperator<(int Key, long Value)>(1));
        var mapped = graph.AddOperator<long, (int Key, long Value)>("map", counted, () => new MapOperator<long, (int Key, long Value)>(count => Check((0, count))));
        graph.AddSink("ledger", mapped, _sink);
        _poison[3] = true;
        _queue.Enqueue([(1, 1), (1, 2), (1, 3)]);

        var failure = await Assert.ThrowsAsync<JobFailedException>(async () => await (await StartAsync(host, graph)).Completion.WaitAsync(TestHost.Patience));

        Assert.Contains("Operator map(queue) threw FormatException: poison 3 (three tries; record 3; given out by count(queue), epoch 1)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_letters_than_the_limit_fail_the_job()
    {
        await using var host = await TestHost.StartAsync("millrace.task.max-dead-letters = 2");
        var job = await StartAsync(host, Mapped(ErrorPolicy.DeadLetter), OneSplit);
        (_poison[1], _poison[2], _poison[3]) = (true, true, true);
        _queue.Enqueue([(1, 1), (1, 2), (1, 3)]);

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => job.Completion.WaitAsync(TestHost.Patience));

        Assert.Contains("holds 2 dead letters on partition 0, the most that it may (millrace.task.max-dead-letters)", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        var late = await Assert.ThrowsAsync<InvalidOperationException>(() => job.DeadLetters.ReadAsync());
        Assert.Contains("expected to run, Failed found", late.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Parking_without_a_key_is_refused_before_the_job_starts()
    {
        await using var host = await TestHost.StartAsync();

        var operators = Assert.Throws<GraphException>(() => host.Plan(Mapped(ErrorPolicy.Park), TestHost.Often));
        var jobs = Assert.Throws<GraphException>(() => host.Plan(Mapped(null), TestHost.Often with { OnError = ErrorPolicy.Park }));

        Assert.Contains("Operator map(queue) parks the keys of records on which it fails", operators.Message, StringComparison.Ordinal);
        Assert.Contains("JobOptions.OnError: Fail, Skip or DeadLetter expected, Park found", jobs.Message, StringComparison.Ordinal);
    }

    private StreamGraph Mapped(ErrorPolicy? policy) => TestHost.Graph(
        new QueueSource<(int Key, long Value)>(_queue),
        _sink,
        "map",
        () => new MapOperator<(int Key, long Value), (int Key, long Value)>(row => Check(row)),
        null,
        new NodeOptions { OnError = policy });

    private StreamGraph Summed(ErrorPolicy policy) => TestHost.Graph(
        new QueueSource<(int Key, long Value)>(_queue),
        _sink,
        "sum",
        () => new RunningSumOperator(value => Check((0, value)), []),
        Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()),
        new NodeOptions { OnError = policy, IsStateful = true, Parallelism = 2 });

    private (int Key, long Value) Check((int Key, long Value) row) =>
        _poison.ContainsKey(row.Value) ? throw new FormatException($"poison {row.Value}") : row;

    private static Task<MillraceHost> StartHostAsync(MemoryJournal journal) => TestHost.StartAsync(configure: options => options.Journals = _ => journal);

    private static async Task<IJob> StartAsync(MillraceHost host, StreamGraph graph, JobOptions? options = null) =>
        await host.StartAsync(graph, options ?? OneSplit).WaitAsync(TestHost.Patience);

    /// <summary>Gives the job rows and waits until they are in the ledger or among the letters.</summary>
    private async Task FeedAsync(params (int Key, long Value)[] rows)
    {
        var last = (Mark, ++_fed);
        _queue.Enqueue(rows);
        _queue.Enqueue([last]);
        await _sink.HasAsync(row => row == last);
    }

    private IEnumerable<long> Values() => _sink.Rows.Select(row => row.Row).Where(row => row.Key >= 0).Select(row => row.Value).Order();

    private IEnumerable<long> ValuesOf(int key) => _sink.Rows.Select(row => row.Row).Where(row => row.Key == key).Select(row => row.Value);
}
