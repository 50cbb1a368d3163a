using Millrace.Bench.Macro.Engines;
using Millrace.Bench.Macro.Processes;

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
        var answers = Answers.Begin();
        await using var engine = EngineCatalog.Find(engineName);
        var measurement = Measurement.Of(engine, workload, variant);
        await engine.StartAsync();
        answers.Write(await measurement.WarmUpAsync(secondsMin));
        while (Console.ReadLine() is Run) answers.Write(await measurement.RunAsync());
        answers.Write(measurement.Judge());
        return 0;
    }
}
