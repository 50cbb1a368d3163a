using Millrace.Data;
using Millrace.DStreams;
using Millrace.Operators.Keyed;
using Millrace.Time;

namespace Millrace.Testing.Tests;

public class StreamScriptRestartTests
{
    private static readonly StreamScriptOptions Durable = new() { IsDurable = true };

    [Fact]
    public async Task State_goes_on_where_it_was()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
        var (lines, counts) = RunningCounts(script);
        lines.Add("a", "b", "a");
        await script.RunBatchAsync();
        counts.Expect(("a", 2), ("b", 1));

        await script.RestartAsync();
        RunningCounts(script);
        lines.Add("a");
        await script.RunBatchAsync();

        counts.Expect(("a", 3), ("b", 1));
        await script.EndAsync();
    }

    [Fact]
    public async Task A_state_changed_in_place_and_not_updated_goes_on_where_it_was()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
        var (pairs, states) = Build();
        pairs.AddBatches([("a", 1)], [("a", 2)], [("a", 3), ("b", 1)]);
        for (var batch = 0; batch < 3; batch++)
        {
            await script.RunBatchAsync();
            await script.RestartAsync();
            Build();
        }

        states.ExpectBatches(["a: 1"], ["a: 1 2"], ["a: 1 2 3", "b: 1"]);
        await script.EndAsync();

        (TestInput<(string, int)>, TestOutput<string>) Build()
        {
            var input = script.Input<(string Key, int Value)>("in");
            return (input, script.Output(input.Stream.MapWithState(StateSpec.Function<string, int, List<int>, string>(Add)), "states"));
        }

        static string Add(string key, Option<int> value, State<List<int>> state)
        {
            if (!state.Exists)
                state.Update([]);
            state.Get().Add(value.Value);
            return $"{key}: {string.Join(' ', state.Get())}";
        }
    }

    [Fact]
    public async Task Windows_hold_what_came_before()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
        var (lines, sums) = Windows(script);
        lines.AddBatches(["a"], ["a", "b"], [], []);
        for (var batch = 0; batch < 4; batch++)
        {
            await script.RunBatchAsync();
            await script.RestartAsync();
            Windows(script);
        }

        sums.ExpectBatches([("a", 1)], [("a", 2), ("b", 1)], [("a", 2), ("b", 1)], [("a", 1), ("b", 1)]);
        await script.EndAsync();
    }

    public static TheoryData<string> PanedForms => [.. Forms.Keys];

    private static readonly Dictionary<string, Func<DStream<string>, TimeSpan, TimeSpan, DStream<string>>> Forms = new(StringComparer.Ordinal)
    {
        ["reduceByKeyAndWindow"] = (rows, window, slide) => rows.Map(row => (row, 1)).ReduceByKeyAndWindow((left, right) => left + right, window, slide).Map(pair => $"{pair}"),
        ["its inverse"] = (rows, window, slide) => rows.Map(row => (row, 1)).ReduceByKeyAndWindow((left, right) => left + right, (all, left) => all - left, window, slide).Map(pair => $"{pair}"),
        ["groupByKeyAndWindow"] = (rows, window, slide) => rows.Map(row => (row, 1)).GroupByKeyAndWindow(window, slide).Map(pair => $"{pair.Key} {pair.Value.Count}"),
        ["reduceByWindow"] = (rows, window, slide) => rows.ReduceByWindow((left, right) => left + right, window, slide),
        ["countByWindow"] = (rows, window, slide) => rows.CountByWindow(window, slide).Map(count => $"{count}"),
        ["countByValueAndWindow"] = (rows, window, slide) => rows.CountByValueAndWindow(window, slide).Map(pair => $"{pair}"),
    };

    /// <summary>Panes of other windows would be taken for these windows' own, and counts be wrong for ever.</summary>
    [Theory]
    [MemberData(nameof(PanedForms))]
    public async Task Windows_of_another_length_or_slide_are_refused_by_name(string form)
    {
        foreach (var (length, slide) in ((int, int)[])[(6, 2), (2, 2), (4, 1), (4, 4)])
        {
            await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
            var rows = Build(4, 2);
            rows.AddBatches(["a"], ["b"], ["a"], ["a"]);
            for (var batch = 0; batch < 4; batch++)
                await script.RunBatchAsync();
            await script.RestartAsync();
            Build(length, slide);

            var refusal = await Assert.ThrowsAnyAsync<MillraceException>(() => script.RunBatchAsync());

            Assert.Contains("of windows of 4 batches every 2' of operator ", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("keep the operator, its name and its windows", refusal.Message, StringComparison.Ordinal);

            TestInput<string> Build(int lengthSeconds, int slideSeconds)
            {
                var input = script.Input<string>("in");
                script.Output(Forms[form](input.Stream, lengthSeconds.Seconds(), slideSeconds.Seconds()), "out");
                return input;
            }
        }
    }

    [Fact]
    public async Task What_a_receiver_has_written_ahead_is_read_after_it()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
        var receiver = new StartReceiver("a", "b");
        var rows = Rows();
        await script.Context.StartAsync();
        await receiver.Stored;

        await script.RestartAsync();
        receiver = new StartReceiver("c");
        Rows();
        await script.Context.StartAsync();
        await receiver.Stored;
        await script.RunBatchAsync();

        rows.Expect("a", "b", "c");
        await script.EndAsync();

        TestOutput<string> Rows() => script.Output(script.Context.ReceiverStream(() => receiver, new() { WriteAheadLog = true }), "rows");
    }

    [Fact]
    public async Task A_failure_behind_a_restart_goes_back_to_it()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
        var (lines, counts) = RunningCounts(script);
        lines.Add("a");
        await script.RunBatchAsync();
        counts.Expect(("a", 1));

        await script.RestartAsync();
        RunningCounts(script);
        lines.Add("a", "b");
        script.FailNextBatchEnd("updateStateByKey");
        await script.RunBatchAsync();

        counts.Expect(("a", 2), ("b", 1));
        Assert.Equal(1, script.Recoveries);
        await script.EndAsync();
    }

    [Fact]
    public async Task Many_restarts_read_from_snapshots()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
        var (lines, counts) = RunningCounts(script);
        for (var batch = 1; batch <= 60; batch++)
        {
            lines.Add("a", $"k{batch % 7}");
            await script.RunBatchAsync();
            Assert.Contains(("a", batch), counts.Take()[^1].Rows);
            if (batch % 3 == 0)
            {
                await script.RestartAsync();
                RunningCounts(script);
            }
        }

        await script.EndAsync();
    }

    [Fact]
    public async Task Outputs_with_a_text_too_long_for_a_name_are_the_same_by_their_order()
    {
        var longName = new string('x', 61);
        await using var script = await StreamScript.StartAsync(1.Seconds(), Durable);
        var lines = script.Input<string>("lines");
        var lower = script.Output(lines.Stream.Map(line => line.ToLowerInvariant()), longName);
        var upper = script.Output(lines.Stream.Map(line => line.ToUpperInvariant()), longName);

        await script.RestartAsync();
        Assert.Same(lines, script.Input<string>("lines"));
        Assert.Same(lower, script.Output(lines.Stream.Map(line => line.ToLowerInvariant()), longName));
        Assert.Same(upper, script.Output(lines.Stream.Map(line => line.ToUpperInvariant()), longName));
        lines.Add("a");
        await script.RunBatchAsync();

        lower.Expect("a");
        upper.Expect("A");
        await script.EndAsync();
    }

    [Fact]
    public async Task A_script_without_checkpoints_says_so()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());

        var failure = await Assert.ThrowsAsync<ScriptException>(script.RestartAsync);

        Assert.Equal("RestartAsync: a script that keeps checkpoints expected; set StreamScriptOptions.IsDurable.", failure.Message);
    }

    private static (TestInput<string> Lines, TestOutput<(string, int)> Counts) RunningCounts(StreamScript script)
    {
        var lines = script.Input<string>("lines");
        var counts = lines.Stream.Map(word => (word, 1)).UpdateStateByKey<string, int, int>((values, state) => values.Sum() + state.GetOrElse(0)).Checkpoint(4.Seconds());
        return (lines, script.Output(counts, "counts"));
    }

    private static (TestInput<string> Lines, TestOutput<(string, int)> Sums) Windows(StreamScript script)
    {
        var lines = script.Input<string>("lines");
        var sums = lines.Stream.Map(word => (word, 1)).ReduceByKeyAndWindow((x, y) => x + y, (x, y) => x - y, 3.Seconds(), 1.Seconds(), filter: (_, count) => count > 0);
        return (lines, script.Output(sums, "sums"));
    }
}
