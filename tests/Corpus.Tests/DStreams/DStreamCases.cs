using System.Text.Json.Nodes;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>Runs a case of the DStream corpus, by the form that it has.</summary>
internal static class DStreamCases
{
    // What is read here or by the forms of cases; a case that says more would pass without it.
    private static readonly HashSet<string> Fields = new(StringComparer.Ordinal)
    {
        "id", "api", "origin", "note", "kind", "rule", "scenario", "batchMs", "ops", "inputs", "inputPartitions", "initialState", "order", "expected", "expectError",
        "outputPartitionsPerBatch", "outputEveryMs", "expectedState", "expectedStateAtSomePoint", "expectedStateAtEnd", "expectedAllOutputsSorted", "expectedOutputSet",
        "rememberMs", "retainedAtTimesMs", "checkpointMs", "batches", "numBatches", "timeoutMs", "steps", "restartAfterBatches", "table", "explicit",
        "expectedRecordedFilesAfterRestart", "expectedRecordedFilesAtEnd",
    };

    private static readonly string[] Expectations =
        ["expected", "outputPartitionsPerBatch", "expectedState", "expectedStateAtSomePoint", "expectedStateAtEnd", "expectedAllOutputsSorted"];

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
        _ when test.FirstOrDefault(field => !Fields.Contains(field.Key)).Key is { } unknown => throw new AbsentFeatureException($"the field {unknown}"),
        null when test.ContainsKey("restartAfterBatches") => RestartCases.RunAfterStopAsync(test),
        null when test.ContainsKey("expectError") => ExpectErrorAsync(test),
        null => RunProgramAsync(test),
        "source" => RunQueueAsync(test),
        "state-object" => StateObjectCase.RunAsync(test["steps"]!.AsArray()),
        "retention" when test.ContainsKey("rememberMs") => RunRetentionAsync(test),
        "retention" when test.ContainsKey("checkpointMs") => CheckpointCases.RunRetentionAsync(test),
        "rule" when test.ContainsKey("explicit") => CheckpointCases.RunDurationsAsync(test),
        "recovery" => RestartCases.RunFilesAsync(test),
        "chaos" => RestartCases.RunChaosAsync(test),
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

        Assert.Contains(Expectations, test.ContainsKey);
        if (test["outputEveryMs"] is { } every)
            Assert.Equal((double)every, stream.SlideDuration.TotalMilliseconds);
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
        var isOneAtATime = ((string)test["rule"]!).Contains("oneAtATime=true", StringComparison.Ordinal);
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

    /// <summary>The case names its streams by the last operation; several of one name are numbered in the order of building.</summary>
    private static async Task RunRetentionAsync(JsonObject test)
    {
        await using var run = await StartAsync(test);
        run.Context.Remember(TimeSpan.FromMilliseconds((long)test["rememberMs"]!));
        var batches = (int)test["batches"]!;
        var input = run.Input(new JsonArray([.. Enumerable.Range(1, batches).Select(row => new JsonArray(row))]));
        var streams = new CaseProgram(test, new Dictionary<string, DStream<string>>(StringComparer.Ordinal) { ["s"] = input }).BuildAll();
        CaseRun.Collect(streams[^1]);
        await run.RunAsync(input, batches);

        var retained = test["retainedAtTimesMs"]!.AsObject();
        Assert.Equal(streams.Count, retained.Count);
        foreach (var (stream, times) in streams.Zip(retained.Reverse(), (stream, entry) => (stream, entry.Value!)))
            CheckRetained(stream, times);
    }

    /// <summary>Which batches a stream still has.</summary>
    public static void CheckRetained<T>(DStream<T> stream, JsonNode times)
    {
        Assert.All(times["kept"]!.AsArray(), time => Assert.Single(Slice(time!)));
        Assert.All(times["dropped"]!.AsArray(), time => Assert.Empty(Slice(time!)));

        IReadOnlyList<Millrace.DStreams.Rdds.Rdd<T>> Slice(JsonNode timeMs) => stream.Slice(new((long)timeMs), new((long)timeMs));
    }

    private static Task<CaseRun> StartAsync(JsonObject test) =>
        CaseRun.StartAsync(CaseProgram.BatchOf(test), (int?)test["inputPartitions"] ?? 2);

    private static (CaseProgram Program, Dictionary<string, DStream<string>> Inputs) Program(JsonObject test, CaseRun run)
    {
        var inputs = test["inputs"]!.AsObject().ToDictionary(input => input.Key, input => run.Input(input.Value!.AsArray()), StringComparer.Ordinal);
        return (new CaseProgram(test, inputs), inputs);
    }

    private static int BatchesOf(JsonObject test, DStream<string> stream, JsonArray? expected) => expected is null
        ? test["inputs"]!.AsObject().Max(input => input.Value!.AsArray().Count)
        : expected.Count * (int)(stream.SlideDuration / stream.Context.BatchDuration);

    public static void CheckBatches(JsonArray expected, IEnumerable<string[]> found, bool isOrdered)
    {
        Assert.Equal(
            expected.Select(batch => Text.List(Sorted(batch!.AsArray().Select(Text.Of), isOrdered))),
            found.Select(rows => Text.List(Sorted(rows, isOrdered))));
    }

    private static IEnumerable<string> Sorted(IEnumerable<string> rows, bool isOrdered) => isOrdered ? rows : rows.Order(StringComparer.Ordinal);
}
