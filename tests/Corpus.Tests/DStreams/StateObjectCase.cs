using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Operators.Keyed;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>What a state object says and refuses, each step on a key of its own in a running job.</summary>
internal static class StateObjectCase
{
    private static readonly TimeSpan Batch = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(JsonArray steps)
    {
        foreach (var step in steps)
            await RunStepAsync(step!.AsObject());
    }

    private static async Task RunStepAsync(JsonObject step)
    {
        await using var run = await CaseRun.StartAsync(Batch);
        var isTimingOut = step.ContainsKey("wrapTimingOut");
        var held = step["wrap"] ?? step["wrapTimingOut"] ?? (step.ContainsKey("new") || step.ContainsKey("new+update") ? null : JsonValue.Create(1L));
        var queue = new ConcurrentQueue<(string, string)[]>(isTimingOut ? [] : [[("k", "v")]]);
        var seen = 0;
        var spec = StateSpec.Function<string, string, long, string>((_, _, _, state) =>
        {
            Check(step, state);
            seen++;
            return "seen";
        });
        if (held is not null)
            spec = spec.InitialState([("k", (long)held)]);
        if (isTimingOut)
            spec = spec.Timeout(Batch);
        var mapped = run.Context.QueueStream(queue).MapWithState(spec);
        CaseRun.Collect(mapped);
        var snapshots = CaseRun.Collect(mapped.StateSnapshots().Map(pair => Text.Of(pair.State)));
        await run.RunAsync(mapped, 3);

        Assert.Equal(1, seen);
        if (step["updated"] is not null || step["removed"] is not null)
            Assert.Equal(step["removed"] is null ? [Text.Of(step["get"])] : [], snapshots[^1].Rows);
    }

    private static void Check(JsonObject step, State<long> state)
    {
        if ((step["update"] ?? step["new+update"]) is { } value)
            state.Update((long)value);
        if (step["remove"] is not null)
            state.Remove();
        Assert.Equal((bool)step["exists"]!, state.Exists);
        Assert.Equal(step["timingOut"] is not null, state.IsTimingOut);
        if (step["get"] is { } get)
            Assert.Equal(((long)get, new Option<long>((long)get)), (state.Get(), state.GetOption()));
        if (step["getThrows"] is not null)
            Assert.Throws<KeyNotFoundException>(() => state.Get());
        if ((step["updateThrows"] ?? step["thenUpdateThrows"]) is not null)
            Assert.Throws<InvalidOperationException>(() => state.Update(0));
        if ((step["removeThrows"] ?? step["thenRemoveThrows"]) is not null)
            Assert.Throws<InvalidOperationException>(state.Remove);
    }
}
