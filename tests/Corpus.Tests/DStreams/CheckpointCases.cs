using System.Text.Json.Nodes;
using Millrace.Client;
using Millrace.DStreams;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>Cases about the interval of checkpoints.</summary>
internal static class CheckpointCases
{
    /// <summary>The case names no operations: a running state by key is the one stream that it asks for.</summary>
    public static async Task RunRetentionAsync(JsonObject test)
    {
        var batch = CaseProgram.BatchOf(test);
        var batches = (int)test["batches"]!;
        await using var run = await CaseRun.StartAsync(batch);
        run.Context.Checkpoint("(memory of the test)");
        // Why: batches are kept only where they are asked for; the least is asked for, so that what is more comes of the checkpoints.
        run.Context.Remember(batch);
        var input = run.Input(new JsonArray([.. Enumerable.Range(1, batches).Select(row => new JsonArray(row))]));
        var state = input.Map(row => (row, 1L)).UpdateStateByKey<string, long, long>((values, former) => values.Sum() + former.GetOrElse(0));
        state.Checkpoint(TimeSpan.FromMilliseconds((long)test["checkpointMs"]!));
        CaseRun.Collect(state.Map(pair => Text.Of(pair.State)));
        await run.RunAsync(input, batches);

        foreach (var (_, times) in test["retainedAtTimesMs"]!.AsObject())
            DStreamCases.CheckRetained(state, times!);
    }

    public static async Task RunDurationsAsync(JsonObject test)
    {
        await using var host = await MillraceHost.StartEmbeddedAsync(options => options.StopsOnSignal = false);
        foreach (var row in test["table"]!.AsArray().Select(row => row!.AsArray()))
            Assert.Equal(Duration(row[1]), Mapped(host, Duration(row[0])).CheckpointDuration);
        foreach (var row in test["explicit"]!.AsArray().Select(row => row!.AsArray()))
            Assert.Equal(Duration(row[2]), Mapped(host, Duration(row[0])).Checkpoint(Duration(row[1])).CheckpointDuration);

        static TimeSpan Duration(JsonNode? ms) => TimeSpan.FromMilliseconds((long)ms!);
    }

    private static DStream<long> Mapped(IJobRunner host, TimeSpan batch)
    {
        var pairs = new StreamingContext(host, batch).QueueStream(new System.Collections.Concurrent.ConcurrentQueue<(string, long)[]>());
        return pairs.MapWithState(StateSpec.Function<string, long, long, long>((_, _, value, _) => value.Value));
    }
}
