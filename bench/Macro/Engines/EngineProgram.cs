using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

/// <summary>A user program for one workload, written as a user of the engine would write it.</summary>
/// <remarks>The report prints the source between <c>// program: engine workload variant</c> and <c>// end</c>.</remarks>
internal abstract class EngineProgram(Workload workload, string variant)
{
    public Workload Workload => workload;

    /// <value>Tells an engine's programs for the same workload apart, e.g. <c>split</c> and <c>span</c>.</value>
    public string Variant => variant;

    /// <summary>The same program as a part of something that also runs elsewhere.</summary>
    /// <param name="runAsync">Gets the program, the number of batches, and what runs it here; returns the checksum over all results.</param>
    public abstract EngineProgram Within(Func<EngineProgram, long, Func<Task<ulong>>, Task<ulong>> runAsync);
}

/// <inheritdoc/>
/// <param name="workload">What it solves.</param>
/// <param name="variant">Which of the engine's programs for it.</param>
/// <param name="result">When it emits results; decides which checksum is the right one.</param>
/// <param name="runAsync">
/// Consumes the whole input from empty state and returns the checksum over its results. All of it is inside the clock.
/// Called several times in one process.
/// </param>
internal sealed class EngineProgram<T>(
    Workload<T> workload, string variant, ResultKind result, Func<Input<T>, Task<ulong>> runAsync)
    : EngineProgram(workload, variant)
{
    public EngineProgram(Workload<T> workload, string variant, ResultKind result, Func<Input<T>, ulong> run)
        : this(workload, variant, result, input => Task.FromResult(run(input)))
    {
    }

    public override EngineProgram Within(Func<EngineProgram, long, Func<Task<ulong>>, Task<ulong>> whole) =>
        new EngineProgram<T>(workload, Variant, result, input => whole(this, input.BatchCount, () => runAsync(input)));

    public Task<ulong> RunAsync(Input<T> input) => runAsync(input);

    public Input<T> Generate() => workload.Generate();

    public ulong Expected(Input<T> input) => workload.Expected(input, result);
}
