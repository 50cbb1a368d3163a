using System.Text.Json.Nodes;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>Runs a case of the DStream corpus, by the form that it has.</summary>
internal static class DStreamCases
{
    public static async Task<CaseResult> RunAsync(JsonObject test)
    {
        var id = (string)test["id"]!;
        try
        {
            await DispatchAsync(test);
            return new(id, "passed", "");
        }
        catch (AbsentFeatureException absent)
        {
            return new(id, "skipped", absent.Message + " is not there yet");
        }
        catch (Exception failure)
        {
            return new(id, "failed", $"{failure.GetType().Name}: {failure.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static Task DispatchAsync(JsonObject test) => (string?)test["kind"] switch
    {
        null when test.ContainsKey("restartAfterBatches") => throw new AbsentFeatureException("a restart from the journal"),
        null when test.ContainsKey("expectError") => ExpectErrorAsync(test),
        null => RunProgramAsync(test),
        "source" => RunQueueAsync(test),
        "state-object" => StateObjectCase.RunAsync(test["steps"]!.AsArray()),
        "retention" => throw new AbsentFeatureException("the retention of past batches"),
        "rule" => throw new AbsentFeatureException("an interval of checkpoints"),
        "recovery" or "chaos" => throw new AbsentFeatureException("a restart from the journal"),
        var kind => throw new AbsentFeatureException($"the kind {kind}"),
    };

    private static async Task RunProgramAsync(JsonObject test)
    {
        await using var run = await StartAsync(test);
        var (program, inputs) = Program(test, run);
        var stream = program.Build();
        var results = CaseRun.Collect(stream);
        var snapshots = program.Snapshots is null ? [] : CaseRun.Collect(program.Snapshots);
        var expected = test["expected"]?.AsArray();
        await run.RunAsync(inputs["s" + (inputs.Count > 1 ? "1" : "")], BatchesOf(test, stream, expected));

        if (expected is not null)
            CheckBatches(expected, results.Select(batch => batch.Rows), isOrdered: (string?)test["order"] == "exact");
        if (test["outputPartitionsPerBatch"] is { } partitions)
            Assert.All(results, batch => Assert.Equal((int)partitions, batch.Partitions));
        if (test["expectedState"] is JsonArray states)
            CheckBatches(states, snapshots.Select(batch => batch.Rows), isOrdered: false);
        if (test["expectedAllOutputsSorted"] is JsonArray all)
            Assert.Equal(all.Select(Text.Of), results.SelectMany(batch => batch.Rows).Order(StringComparer.Ordinal));
        if (test["expectedStateAtSomePoint"] is JsonArray some)
            Assert.Contains(snapshots, batch => batch.Rows.Order(StringComparer.Ordinal).SequenceEqual(some.Select(Text.Of).Order(StringComparer.Ordinal)));
        if (test["expectedStateAtEnd"] is JsonArray end)
            Assert.Equal(end.Select(Text.Of).Order(StringComparer.Ordinal), snapshots[^1].Rows.Order(StringComparer.Ordinal));
    }

    private static async Task ExpectErrorAsync(JsonObject test)
    {
        await using var run = await StartAsync(test);
        var (program, inputs) = Program(test, run);
        CaseRun.Collect(program.Build());
        var failure = await Assert.ThrowsAnyAsync<MillraceException>(() => run.RunAsync(inputs.Values.First(), test["inputs"]!.AsObject().Max(input => input.Value!.AsArray().Count)));
        Assert.DoesNotContain('\n', failure.Message);
    }

    private static async Task RunQueueAsync(JsonObject test)
    {
        var expected = test["expected"]!.AsArray();
        await using var run = await CaseRun.StartAsync(TimeSpan.FromSeconds(1));
        var isOneAtATime = ((string)test["id"]!).EndsWith("true", StringComparison.Ordinal);
        var queue = new System.Collections.Concurrent.ConcurrentQueue<string[]>();
        var rows = new Queue<string>(test["inputs"]!["queue"]!.AsArray().Select(Text.Of));
        Fill(isOneAtATime ? rows.Count : expected[0]!.AsArray().Count);
        var stream = run.Context.QueueStream(queue, isOneAtATime);
        var results = new List<string[]>();
        stream.ForeachRDD(rdd =>
        {
            results.Add(rdd.Collect());
            Fill(rows.Count);
        });
        await run.RunAsync(stream, expected.Count);
        CheckBatches(expected, results, isOrdered: true);

        void Fill(int count)
        {
            for (; count > 0; count--)
                queue.Enqueue([rows.Dequeue()]);
        }
    }

    private static Task<CaseRun> StartAsync(JsonObject test) =>
        CaseRun.StartAsync(TimeSpan.FromMilliseconds((long)test["batchMs"]!), (int?)test["inputPartitions"] ?? 2);

    private static (CaseProgram Program, Dictionary<string, DStream<string>> Inputs) Program(JsonObject test, CaseRun run)
    {
        var inputs = test["inputs"]!.AsObject().ToDictionary(input => input.Key, input => run.Input(input.Value!.AsArray()), StringComparer.Ordinal);
        return (new CaseProgram(test, inputs), inputs);
    }

    private static int BatchesOf(JsonObject test, DStream<string> stream, JsonArray? expected) => expected is null
        ? test["inputs"]!.AsObject().Max(input => input.Value!.AsArray().Count)
        : expected.Count * (int)(stream.SlideDuration / stream.Context.BatchDuration);

    private static void CheckBatches(JsonArray expected, IEnumerable<string[]> found, bool isOrdered)
    {
        Assert.Equal(
            expected.Select(batch => Text.List(Sorted(batch!.AsArray().Select(Text.Of), isOrdered))),
            found.Select(rows => Text.List(Sorted(rows, isOrdered))));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> rows, bool isOrdered) => isOrdered ? rows : rows.Order(StringComparer.Ordinal);
}
