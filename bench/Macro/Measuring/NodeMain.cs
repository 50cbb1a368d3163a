using System.Text.Json;
using Millrace.Bench.Macro.Engines;
using Millrace.Bench.Macro.Processes;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>A process that is a further node of a <see cref="ClusterEngine"/>'s cluster, which the child has begun.</summary>
internal static class NodeMain
{
    public static async Task<int> RunAsync(int number, int nodes, string seed)
    {
        var answers = Answers.Begin();
        var hosting = new NodeHosting(number, nodes, seed);
        await using var engine = new MillraceEngine(hosting);
        await engine.StartAsync();
        answers.Write(new NodeReady());

        // Of one program: its input is made once.
        Measurement? measurement = null;
        while (Console.ReadLine() is { } line)
        {
            var run = JsonSerializer.Deserialize<NodeRun>(line)!;
            hosting.Directory = run.Directory;
            measurement ??= Measurement.Of(engine, run.Workload, run.Variant);
            var sample = await measurement.RunAsync(run.Batches);
            answers.Write(new NodeAnswer(sample.Use, sample.Checksum, sample.Crossed));
        }

        return 0;
    }
}
