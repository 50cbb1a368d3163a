using System.Text.Json;
using Millrace.Bench.Macro.Engines;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>The child process: one program of one engine. Obeys lines on stdin, answers one JSON line to each on stdout.</summary>
internal static class ChildMain
{
    /// <summary>First argument of a child; then workload, engine, variant, seconds.</summary>
    public const string Flag = "--child";

    public const string Run = "run";
    public const string End = "end";

    public static async Task<int> RunAsync(string workload, string engineName, string variant, double secondsMin)
    {
        // Whatever an engine prints must not get into the answers.
        var answers = Console.Out;
        Console.SetOut(Console.Error);

        await using var engine = EngineCatalog.Available.Single(engine => engine.Name == engineName);
        var measurement = Measurement.Of(
            engine.Programs.Single(program => program.Workload.Name == workload && program.Variant == variant));
        await engine.StartAsync();
        Answer(await measurement.WarmUpAsync(secondsMin));
        while (Console.ReadLine() is Run) Answer(await measurement.RunAsync());
        Answer(measurement.Judge());
        return 0;

        void Answer<TMessage>(TMessage message)
        {
            answers.WriteLine(JsonSerializer.Serialize(message));
            answers.Flush();
        }
    }
}
