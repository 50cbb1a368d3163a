using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

public sealed class StateTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whoever_is_given_a_state_may_change_it_and_the_state_is_as_it_was(bool mapped)
    {
        await using var run = await BatchRun.CreateAsync();
        var pairs = run.Context.QueueStream(new ConcurrentQueue<(string Key, int Value)[]>([[("a", 1)], [("a", 2)], [("a", 3)]]));
        DStream<List<int>> states = mapped
            ? pairs.MapWithState(StateSpec.Function<string, int, List<int>, List<int>>((key, value, state) =>
            {
                List<int> all = [.. state.Exists ? state.Get() : [], value.Value];
                state.Update(all);
                return all;
            }))
            : pairs.UpdateStateByKey<string, int, List<int>>((values, state) => (List<int>)[.. state.GetOrElse([]), .. values]).Map(row => row.State);
        var seen = new List<string>();
        states.Map(list =>
        {
            list.Add(99);
            return list;
        }).ForeachRDD(rdd =>
        {
            foreach (var list in rdd.Collect())
            {
                seen.Add(string.Join(' ', list));
                list.Clear();
            }
        });

        await run.RunAsync(pairs, 3);

        Assert.Equal(["1 99", "1 2 99", "1 2 3 99"], seen);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_state_without_a_codec_that_is_changed_before_a_throw_goes_back(bool mapped)
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { Parallelism = 1 });
        var pairs = run.Context.QueueStream(new ConcurrentQueue<(string Key, int Value)[]>([[("a", 1)], [("a", 2)], [("a", 3)]]));
        var throwsLeft = 1;
        DStream<LinkedList<int>> states = mapped
            ? pairs.MapWithState(StateSpec.Function<string, int, LinkedList<int>, LinkedList<int>>((key, value, state) =>
            {
                var all = Add(state.GetOption().GetOrElse(new()), [value.Value]);
                state.Update(all);
                return all;
            }))
            : pairs.UpdateStateByKey<string, int, LinkedList<int>>((values, state) => Add(state.GetOrElse(new()), values)).Map(row => row.State);
        var sums = run.Collect(states.Map(list => list.Sum()));

        await run.RunAsync(pairs, 3);

        Assert.Equal([1, 3, 6], sums.SelectMany(batch => batch.Rows));
        Assert.True(run.Context.Job!.Counters.Attempts > 0);

        LinkedList<int> Add(LinkedList<int> all, IEnumerable<int> values)
        {
            foreach (var value in values)
                all.AddLast(value);
            if (all.Count == 3 && Interlocked.Decrement(ref throwsLeft) >= 0)
                throw new FormatException("once");
            return all;
        }
    }

    [Theory]
    [InlineData("reduceByKeyAndWindow")]
    [InlineData("with inverse")]
    [InlineData("runningReduceByKey")]
    [InlineData("groupByKeyAndWindow")]
    [InlineData("window")]
    public async Task Functions_and_those_behind_may_change_what_they_are_given(string operation)
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { Parallelism = 1 });
        var pairs = run.Context.QueueStream(new ConcurrentQueue<(string Key, int Value)[]>([[("a", 1)], [("a", 2)], [("a", 3)], [("a", 4)]]))
            .Map(row => (row.Key, Value: new List<int> { row.Value }));
        var (length, slide) = (3 * BatchRun.Interval, BatchRun.Interval);
        var lists = operation switch
        {
            "reduceByKeyAndWindow" => pairs.ReduceByKeyAndWindow(Append, length, slide).Map(row => row.Value),
            "with inverse" => pairs.ReduceByKeyAndWindow(Append, (all, gone) => all[gone.Count..], length, slide).Map(row => row.Value),
            "runningReduceByKey" => pairs.RunningReduceByKey(Append).Map(row => row.Value),
            "groupByKeyAndWindow" => pairs.GroupByKeyAndWindow(length, slide).Map(row => row.Value.SelectMany(list => list).ToList()),
            _ => pairs.Window(length, slide).Reduce((left, right) => (left.Key, Append(left.Value, right.Value))).Map(row => row.Value),
        };
        var (throwsLeft, seen) = (2, new List<string>());
        lists.Map(list => list.Count < 2 || Interlocked.Decrement(ref throwsLeft) < 0 ? list : throw new FormatException("now and then")).ForeachRDD(rdd =>
        {
            foreach (var list in rdd.Collect())
            {
                seen.Add(string.Join(' ', list.Order()));
                list.Clear();
            }
        });

        await run.RunAsync(pairs, 4);

        Assert.Equal(["1", "1 2", "1 2 3", operation == "runningReduceByKey" ? "1 2 3 4" : "2 3 4"], seen);

        static List<int> Append(List<int> all, List<int> more)
        {
            all.AddRange(more);
            return all;
        }
    }

    [Fact]
    public async Task A_state_that_can_not_be_copied_ends_the_job_even_where_records_are_skipped()
    {
        await using var run = await BatchRun.CreateAsync(new JobOptions { OnError = Operators.ErrorPolicy.Skip });
        var pairs = run.Context.QueueStream(new ConcurrentQueue<(string Key, int Value)[]>([[("a", 1)]]));
        run.Collect(pairs.MapWithState(StateSpec.Function<string, int, object, int>((key, value, state) =>
        {
            state.Update(new { At = Task.CompletedTask });
            return 1;
        })));

        await run.Context.StartAsync();
        run.Advance(1);
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.Context.AwaitTerminationAsync().WaitAsync(BatchRun.Patience));

        Assert.Contains("Operator mapWithState(queue): a state of type Object that can be copied expected", failure.Message, StringComparison.Ordinal);
        Assert.Contains("found, which stands for something outside of the state. Keep plain values", failure.Message, StringComparison.Ordinal);
    }

    private static readonly (string, int)[][] Batches = [[("a", 1), ("b", 2)], [("a", 3)], [], [("b", 4)]];

    [Fact]
    public async Task States_go_forward_in_every_batch_from_their_initial_values()
    {
        await using var run = await BatchRun.CreateAsync();
        var pairs = Pairs(run);
        var sums = run.Collect(pairs.UpdateStateByKey<string, int, int>((values, state) => state.GetOrElse(0) + values.Sum(), [("a", 10), ("z", 1)]));
        var times = run.Collect(pairs.UpdateStateByKey<string, int, long>(
            (time, key, values, state) => key == "a" && time.Milliseconds == 3000 ? Option<long>.None : state.GetOrElse(0) + (values.Count * time.Milliseconds)));
        var live = run.Collect(pairs.UpdateStateByKey<string, int, int>(entries =>
            entries.Where(entry => entry.Values.Count > 0).Select(entry => (entry.Key, entry.State.GetOrElse(0) + entry.Values.Count))));

        await run.RunAsync(pairs, 4);

        AssertBatches(["a=11 b=2 z=1", "a=14 b=2 z=1", "a=14 b=2 z=1", "a=14 b=6 z=1"], sums);
        AssertBatches(["a=1000 b=1000", "a=3000 b=1000", "b=1000", "b=5000"], times);
        AssertBatches(["a=1 b=1", "a=2", "", "b=1"], live);
    }

    [Fact]
    public async Task MapWithState_visits_the_keys_that_pairs_touch_and_ends_idle_ones()
    {
        await using var run = await BatchRun.CreateAsync();
        var pairs = Pairs(run);
        var spec = StateSpec.Function<string, int, int, (string Key, int Value)>((time, key, value, state) =>
        {
            if (state.IsTimingOut)
                return (key, -state.Get());
            state.Update(state.GetOption().GetOrElse(0) + value.Value);
            return (key, state.Get());
        }).InitialState([("a", 100)]).Timeout(BatchRun.Interval);
        var mapped = pairs.MapWithState(spec);
        var results = run.Collect(mapped);
        var states = run.Collect(mapped.StateSnapshots());

        await run.RunAsync(pairs, 4);

        AssertBatches(["a=101 b=2", "a=104", "b=-2", "a=-104 b=4"], results);
        AssertBatches(["a=101 b=2", "a=104 b=2", "a=104", "b=4"], states);
    }

    [Fact]
    public async Task A_timeout_below_a_millisecond_is_refused()
    {
        await using var run = await BatchRun.CreateAsync();

        var failure = Assert.Throws<GraphException>(() => StateSpec.Function<string, int, int, int>((_, _, _) => 0).Timeout(TimeSpan.Zero));

        Assert.Equal("Timeout 0 ms found, a whole number of milliseconds, 1 or more, expected.", failure.Message);
    }

    private static DStream<(string Key, int Value)> Pairs(BatchRun run) =>
        run.Context.QueueStream(new ConcurrentQueue<(string Key, int Value)[]>(Batches));

    private static void AssertBatches<T>(string[] expected, List<(long TimeMs, (string, T)[] Rows)> found) =>
        Assert.Equal(expected, found.Select(batch => string.Join(' ', batch.Rows.Select(row => $"{row.Item1}={row.Item2}").Order(StringComparer.Ordinal))));
}
