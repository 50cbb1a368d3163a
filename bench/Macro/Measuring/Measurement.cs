using System.Diagnostics;
using Millrace.Bench.Macro.Engines;
using Millrace.Bench.Macro.Processes;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>Runs one program in this process: warm-up passes that size the input, then runs on demand.</summary>
internal abstract class Measurement
{
    public static Measurement Of(IEngine engine, string workload, string variant) =>
        engine.Programs.Single(program => program.Workload.Name == workload && program.Variant == variant) switch
        {
            EngineProgram<string> lines => new Measurement<string>(engine, lines),
            EngineProgram<AdEvent> events => new Measurement<AdEvent>(engine, events),
            EngineProgram<KeyValue> pairs => new Measurement<KeyValue>(engine, pairs),
            var other => throw new UnreachableException($"A program over lines, events or pairs expected, {other.GetType()} found."),
        };

    /// <summary>Makes the input, warms up, and fixes the number of records so that a run lasts at least this long.</summary>
    public abstract Task<Ready> WarmUpAsync(double secondsMin);

    public abstract Task<Sample> RunAsync();

    /// <summary>Runs so many batches.</summary>
    public abstract Task<Sample> RunAsync(long batchCount);

    public abstract Verdict Judge();
}

/// <inheritdoc/>
internal sealed class Measurement<T>(IEngine engine, EngineProgram<T> program) : Measurement
{
    /// <summary>Runs get this much longer than asked: the rate seen in the warm-up is not exact.</summary>
    private const double Margin = 1.15;

    private Input<T>? _input;

    private Input<T> Input => _input ?? throw new InvalidOperationException("WarmUpAsync expected before the first run.");

    public override async Task<Ready> WarmUpAsync(double secondsMin)
    {
        _input = program.Generate();

        // What a run takes that hardly reads anything: jobs on nodes need some time to begin and to end, in which they can't show their rate.
        await RunAsync();
        var secondsAtLeast = (await RunAsync()).Seconds;

        // First pass: double the input until a run takes a noticeable part of the time asked for.
        var seconds = 0.0;
        while (seconds < secondsMin / 4)
        {
            _input = Input.WithBatchCount(Input.BatchCount * 2);
            seconds = await WorkAsync();
        }

        // Second pass: the full length. Why twice in turn: while code is not optimized yet, a run that is long enough says little about the next one.
        for (var longEnough = 0; longEnough < 2; longEnough = seconds < secondsMin ? 0 : longEnough + 1)
        {
            if (longEnough == 0) Resize(seconds, secondsMin);
            seconds = await WorkAsync();
        }

        return new Ready(Input.Count, Input.SizeBytes);

        // Never next to nothing, by which the input would grow beyond measure.
        async Task<double> WorkAsync() => Math.Max((await RunAsync()).Seconds - secondsAtLeast, secondsMin / 8);
    }

    public override async Task<Sample> RunAsync()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var allocatedBefore = GC.GetTotalAllocatedBytes(precise: true);
        var cpuBefore = Environment.CpuUsage.TotalTime;
        var start = Stopwatch.GetTimestamp();
        var checksum = await program.RunAsync(Input);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var cpu = Environment.CpuUsage.TotalTime - cpuBefore;
        var use = new ProcessUse(cpu.TotalSeconds, GC.GetTotalAllocatedBytes(precise: true) - allocatedBefore, Machine.PeakRssBytes());
        return new Sample(seconds, use + engine.UseElsewhere, checksum, engine.Crossed);
    }

    public override Task<Sample> RunAsync(long batchCount)
    {
        _input = (_input ?? program.Generate()).WithBatchCount(batchCount);
        return RunAsync();
    }

    public override Verdict Judge() => new(program.Expected(Input));

    private void Resize(double seconds, double secondsMin) =>
        _input = Input.WithBatchCount((long)Math.Ceiling(Input.BatchCount * Margin * secondsMin / seconds));
}
