using Millrace.Data;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Testing;

/// <summary>Programs as users write them, and scripts that hold or say why they do not.</summary>
public sealed class StreamScriptTests
{
    [Fact]
    public async Task Counts_the_words_of_each_batch()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        var counts = script.Output(WordCount(lines.Stream));

        lines.Add("a b", "a");
        await script.RunBatchAsync();
        counts.Expect(("b", 1), ("a", 2));
        await script.RunBatchAsync();
        counts.ExpectNothing();
        lines.Add("c").Add("c d");
        await script.RunBatchAsync();
        counts.Expect(("c", 2), ("d", 1));

        Assert.Equal(3000, script.BatchTime.Milliseconds);
        Assert.Equal(0, script.Recoveries);
        await script.EndAsync();
    }

    [Fact]
    public async Task Windows_pass_over_empty_batches()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var numbers = script.Input<int>("numbers");
        var window = script.Output(numbers.Stream.Window(3.Seconds()));
        var sums = script.Output(numbers.Stream.ReduceByWindow((left, right) => left + right, 2.Seconds(), 2.Seconds()));

        numbers.AddBatches([1, 2], [], [3]);
        await script.AdvanceAsync(6.Seconds());

        window.ExpectBatches([1, 2], [1, 2], [1, 2, 3], [3], [3], []);
        sums.ExpectBatches([3], [3], []);
        await script.EndAsync();
    }

    [Fact]
    public async Task Hours_cost_no_time()
    {
        await using var script = await StreamScript.StartAsync(10.Minutes(), new() { Start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        var visits = script.Input<string>("visits");
        var perHour = script.Output(visits.Stream.Window(1.Hours(), 1.Hours()).Count());
        var days = script.Output(visits.Stream.Map(_ => script.Clock.GetUtcNow().Day));

        for (var batch = 0; batch < 150; batch++)
        {
            visits.Add("visit");
            await script.RunBatchAsync();
            days.Expect(batch < 143 ? 1 : 2);
        }

        Assert.All(perHour.Take(), hour => Assert.Equal([6L], hour.Rows));
        await script.EndAsync();
    }

    [Fact]
    public async Task Output_operations_of_the_program_have_run_when_a_batch_is_over()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        var seen = new List<string>();
        lines.Stream.ForeachRDD((rdd, time) => seen.Add($"{time.Milliseconds}:{string.Join('+', rdd.Collect())}"));

        lines.Add("a", "b");
        await script.RunBatchAsync();
        Assert.Equal(["1000:a+b"], seen);
        await script.AdvanceAsync(1900.Milliseconds());
        Assert.Equal(["1000:a+b", "2000:"], seen);
        await script.AdvanceAsync(100.Milliseconds());

        Assert.Equal(["1000:a+b", "2000:", "3000:"], seen);
        await script.EndAsync();
    }

    [Fact]
    public async Task Compares_order_and_what_rows_hold()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), new() { Job = new() { Parallelism = 1 } });
        var pairs = script.Input<(string Key, int Value)>("pairs");
        var doubled = script.Output(pairs.Stream.MapValues(value => value * 2));
        var groups = script.Output(pairs.Stream.GroupByKey());
        var arrays = script.Output(pairs.Stream.Map(pair => pair.Value).Glom());

        pairs.Add(("a", 1), ("b", 2), ("a", 3));
        await script.RunBatchAsync();

        doubled.ExpectInOrder(("a", 2), ("b", 4), ("a", 6));
        groups.Expect(("b", [2]), ("a", [1, 3]));
        arrays.Expect([1, 2, 3]);
        await script.EndAsync();
    }

    [Fact]
    public async Task Says_which_rows_are_missing_and_which_too_many()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        var counts = script.Output(WordCount(lines.Stream), "counts");
        lines.Add("a b");
        await script.RunBatchAsync();

        var failure = Assert.Throws<ScriptException>(() => counts.Expect(("a", 1), ("c", 1), ("a", 1)));

        Assert.StartsWith("Output 'counts', batch 1000 ms: other rows found than expected.\n  expected  [(\"a\", 1), (\"c\", 1), (\"a\", 1)]\n  found     [", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("\n  missing   [(\"a\", 1), (\"c\", 1)]\n  surplus   [(\"b\", 1)]", failure.Message, StringComparison.Ordinal);
    }

    private sealed class Point(int x, Point? next = null)
    {
        public int X => x;

        public Point? Next => next;
    }

    [Fact]
    public async Task Shows_what_rows_without_a_text_of_their_own_hold()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var numbers = script.Input<int>("numbers");
        var points = script.Output(numbers.Stream.Map(number => new Point(number, new Point(0))), "points");
        numbers.Add(1);
        await script.RunBatchAsync();

        Says(
            "Output 'points', batch 1000 ms: other rows found than expected.\n" +
            "  expected  [Point { X = 1, Next = Point { X = 0, Next = null } }]\n" +
            "  found     [Point { X = 1, Next = Point { X = 0, Next = null } }]\n" +
            "  missing   [Point { X = 1, Next = Point { X = 0, Next = null } }]\n" +
            "  surplus   [Point { X = 1, Next = Point { X = 0, Next = null } }]\n" +
            "  but       these look the same and are not equal: give Point an Equals of its own, or compare what it holds",
            () => points.Expect(new Point(1, new Point(0))));
    }

    [Fact]
    public async Task Says_that_the_order_differs_and_names_a_stream_by_its_expression()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), new() { Job = new() { Parallelism = 1 } });
        var lines = script.Input<string>("lines");
        var same = script.Output(lines.Stream);
        lines.Add("a", "b");
        await script.RunBatchAsync();

        Says("Output 'lines.Stream', batch 1000 ms: the expected rows found in another order.\n  expected  [\"b\", \"a\"]\n  found     [\"a\", \"b\"]", () => same.ExpectInOrder("b", "a"));
    }

    [Fact]
    public async Task Nothing_goes_by_unseen()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        var same = script.Output(lines.Stream);
        var pairwise = script.Output(lines.Stream.Window(2.Seconds(), 2.Seconds()), "pairwise");

        Says("Output 'lines.Stream': no batch has run; call RunBatchAsync before an expectation.", same.ExpectNothing);
        lines.AddBatches(["a"], ["b"], ["c"], ["d"]);
        await script.RunBatchAsync();
        Says("Output 'pairwise', batch 1000 ms: other rows found than expected.\n  expected  [\"a\"]\n  found     no batch: this stream has one every 2000 ms\n  missing   [\"a\"]", () => pairwise.Expect("a"));
        same.Expect("a");
        Says("Output 'lines.Stream', batch 1000 ms: its rows were taken by the expectation before; run another batch first.", () => same.Expect("a"));
        await script.AdvanceAsync(2.Seconds());

        Says(
            "Output 'lines.Stream': rows found that nobody expected.\n  batch 2000 ms  [\"b\"]\n  batch 3000 ms  [\"c\"]\nExpect looks at the newest batch only, batch 3000 ms; take all of them with ExpectBatches or Take.",
            () => same.Expect("c"));
        Says(
            "Output 'lines.Stream': 1 batches expected, 2 found.\n  expected 1           [\"b\"]\n  found batch 2000 ms  [\"b\"]\n  found batch 3000 ms  [\"c\"]",
            () => same.ExpectBatches(["b"]));
        script.FailNextRecord("window");
        var end = await Assert.ThrowsAsync<ScriptException>(script.EndAsync);
        Assert.Equal(
            "Input 'lines': 1 rows were added that no batch has taken; run another one.\nFailNextRecord(\"window\") has not happened: nothing came to the operator.\nOutput 'pairwise': rows found that nobody expected.\n  batch 2000 ms  [\"a\", \"b\"]",
            end.Message);
    }

    [Theory]
    [InlineData("flatMap")]
    [InlineData("map(lines)")]
    [InlineData("reduceByKey")]
    [InlineData("runningReduceByKey")]
    [InlineData("foreachRDD")]
    [InlineData(null)]
    public async Task A_fault_neither_loses_nor_doubles_a_record(string? @operator)
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        var words = lines.Stream.FlatMap(line => line.Split(' ')).Map(word => (Key: word, Value: 1));
        var counts = script.Output(words.ReduceByKey((left, right) => left + right), "counts");
        var totals = script.Output(words.RunningReduceByKey((left, right) => left + right), "totals");

        lines.Add("a b", "a c");
        await script.RunBatchAsync();
        counts.Expect(("a", 2), ("b", 1), ("c", 1));
        totals.Expect(("a", 2), ("b", 1), ("c", 1));

        lines.Add("a b", "b", "d");
        script.FailNextRecord(@operator);
        await script.RunBatchAsync();
        Assert.Equal(1, script.Recoveries);
        counts.Expect(("a", 1), ("b", 2), ("d", 1));
        totals.Expect(("a", 3), ("b", 3), ("d", 1));

        lines.Add("d");
        await script.RunBatchAsync();
        counts.Expect(("d", 1));
        totals.Expect(("d", 2));
        await script.EndAsync();
    }

    [Fact]
    public async Task A_fault_finds_a_function_that_remembers()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), new() { Job = new() { Parallelism = 1 } });
        var words = script.Input<string>("words");
        var seen = new HashSet<string>();
        var distinct = script.Output(words.Stream.Filter(seen.Add), "distinct");

        words.Add("a", "b", "a");
        await script.RunBatchAsync();
        distinct.Expect("a", "b");
        words.Add("c");
        script.FailNextRecord("filter");
        await script.RunBatchAsync();

        Says("Output 'distinct', batch 2000 ms: other rows found than expected.\n  expected  [\"c\"]\n  found     []\n  missing   [\"c\"]", () => distinct.Expect("c"));
    }

    [Fact]
    public async Task A_fault_at_the_end_of_a_batch_leaves_states_and_windows_as_they_were()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var pairs = script.Input<(string Key, int Value)>("pairs");
        var states = script.Output(pairs.Stream.UpdateStateByKey<string, int, int>((values, state) => state.GetOrElse(0) + values.Sum()), "states");
        var windows = script.Output(pairs.Stream.ReduceByKeyAndWindow((left, right) => left + right, 2.Seconds()), "windows");

        pairs.Add(("a", 1), ("b", 2));
        script.FailNextBatchEnd("updateStateByKey");
        await script.RunBatchAsync();
        states.Expect(("a", 1), ("b", 2));
        windows.Expect(("a", 1), ("b", 2));

        script.FailNextBatchEnd("reduceByKeyAndWindow");
        script.FailNextBatchEnd();
        await script.RunBatchAsync();
        states.Expect(("a", 1), ("b", 2));
        windows.Expect(("a", 1), ("b", 2));

        pairs.Add(("a", 5));
        await script.RunBatchAsync();
        states.Expect(("a", 6), ("b", 2));
        windows.Expect(("a", 5));
        Assert.InRange(script.Recoveries, 2, 3);
        await script.EndAsync();
    }

    [Fact]
    public async Task A_record_that_fails_three_times_fails_the_job()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        script.Output(lines.Stream.Map(line => line.Length));

        lines.Add("a");
        for (var failures = 0; failures < 4; failures++)
            script.FailNextRecord("map");

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => script.RunBatchAsync());
        Assert.Contains("Operator map(lines) threw TransientFaultException: a fault of the script, FailNextRecord(\"map\")", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_in_an_operator_that_is_not_there_is_refused()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        script.Output(lines.Stream.Map(line => line.Length));
        script.FailNextRecord("reduceByKey");

        var failure = await Assert.ThrowsAsync<ScriptException>(() => script.RunBatchAsync());

        Assert.Equal("FailNextRecord(\"reduceByKey\"): no such operator found, one of map(lines), foreachRDD(lines) expected, or a kind of them.", failure.Message);
    }

    [Fact]
    public async Task A_job_that_fails_ends_the_script_with_its_error()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var numbers = script.Input<int>("numbers");
        var quotients = script.Output(numbers.Stream.Map(number => 12 / number));

        numbers.Add(3, 4);
        await script.RunBatchAsync();
        quotients.Expect(4, 3);
        numbers.Add(2, 0);

        const string Expected = "Job job-1 failed: Task 1: Operator map(numbers) threw DivideByZeroException: Attempted to divide by zero. (three tries; record 0; input numbers, split 1, offset 1, epoch 2)";
        Assert.Equal(Expected, (await Assert.ThrowsAsync<JobFailedException>(() => script.RunBatchAsync())).Message);
        Assert.Equal(Expected, (await Assert.ThrowsAsync<JobFailedException>(() => script.RunBatchAsync())).Message);
        Assert.Equal(Expected, (await Assert.ThrowsAsync<JobFailedException>(script.EndAsync)).Message);
    }

    [Fact]
    public async Task An_output_operation_that_throws_ends_the_script()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        script.Input<int>("numbers").Stream.ForeachRDD(_ => throw new InvalidOperationException("disk full"));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => script.RunBatchAsync());

        Assert.EndsWith("Output operation foreachRDD(numbers) threw InvalidOperationException: disk full (batch of time 1000 ms)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_that_hangs_is_named()
    {
        using var never = new ManualResetEventSlim();
        await using var script = await StreamScript.StartAsync(1.Seconds(), new() { Patience = 2.Seconds() });
        var lines = script.Input<string>("lines");
        script.Output(lines.Stream.Filter(_ => never.Wait(Timeout.Infinite)));
        lines.Add("a");

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => script.RunBatchAsync());

        never.Set();
        Assert.Contains("operator filter(lines) has not come back", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_operation_that_hangs_is_named()
    {
        using var never = new ManualResetEventSlim();
        await using var script = await StreamScript.StartAsync(1.Seconds(), new() { Job = new() { Parallelism = 2, TaskTimeout = 200.Milliseconds() } });
        script.Input<string>("lines").Stream.ForeachRDD(_ => never.Wait(Timeout.Infinite));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => script.RunBatchAsync());

        never.Set();
        Assert.Contains("Output operation foreachRDD(lines) did not return within 0.2 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_batch_that_does_not_end_in_time_is_given_up()
    {
        using var never = new ManualResetEventSlim();
        await using var script = await StreamScript.StartAsync(
            1.Seconds(), new() { Patience = 1.Seconds(), Job = new() { Parallelism = 2, TaskTimeout = 1.Minutes() } });
        script.Input<string>("lines").Stream.ForeachRDD(_ => never.Wait(Timeout.Infinite));

        var failure = await Assert.ThrowsAsync<ScriptException>(() => script.RunBatchAsync());

        Assert.Equal("Batch 1 at 1000 ms was given up; start another script.", (await Assert.ThrowsAsync<ScriptException>(() => script.RunBatchAsync())).Message);
        Assert.Equal("Batch 1 at 1000 ms was given up; start another script.", (await Assert.ThrowsAsync<ScriptException>(script.EndAsync)).Message);
        never.Set();
        Assert.Equal("Batch 1 at 1000 ms is not over after 1 s: it is committed, but the body of an output operation has not come back (0 recoveries so far).", failure.Message);
    }

    [Fact]
    public async Task A_job_that_has_ended_runs_no_batch()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        script.Input<string>("lines").Stream.Print(10, TextWriter.Null);
        await script.RunBatchAsync();
        await script.Context.StopAsync();

        Assert.Equal("Batch 2 at 2000 ms did not run: the job is stopped already.", (await Assert.ThrowsAsync<ScriptException>(() => script.RunBatchAsync())).Message);
        await script.EndAsync();
        Assert.Equal("The script has ended; start another one to run batches.", (await Assert.ThrowsAsync<ScriptException>(() => script.RunBatchAsync())).Message);
    }

    [Fact]
    public async Task Refuses_what_can_not_run()
    {
        await using var script = await StreamScript.StartAsync(1.Seconds());
        await using var other = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");

        await Assert.ThrowsAsync<GraphException>(() => script.RunBatchAsync());
        Says("Input 'lines' found twice; the inputs of a script have different names.", () => script.Input<int>("lines"));
        Says("Output 'theirs': a stream of another context found, one of the script's Context expected.", () => other.Output(lines.Stream, "theirs"));
        await Assert.ThrowsAsync<GraphException>(() => StreamScript.StartAsync(TimeSpan.Zero));
    }

    private static DStream<(string Key, int Value)> WordCount(DStream<string> lines) => lines
        .FlatMap(line => line.Split(' '))
        .Map(word => (Key: word, Value: 1))
        .ReduceByKey((left, right) => left + right);

    private static void Says(string message, Action act) => Assert.Equal(message, Assert.Throws<ScriptException>(act).Message);
}
