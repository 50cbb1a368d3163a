using System.Collections.Immutable;
using Millrace.Operators;

namespace Millrace.Testing;

/// <summary>A script of batches, ends of epochs and expected output that an operator must answer alike in every way the runtime may run it.</summary>
/// <remarks>
/// <code>
/// OperatorHarness.For(() => new ReduceByKeyOperator&lt;string, int&gt;((a, b) => a + b))
///     .Feed(("a", 1), ("b", 1), ("a", 1))
///     .EndEpoch()
///     .ExpectAnyOrder(("a", 2), ("b", 1))
///     .Run();
/// </code>
/// <para>The ways: plain; one row per batch; batches that are views on arrays nobody may write; an output that takes
/// one batch at a time, so that input comes in pieces and what is passed on waits; every epoch rolled back at its end and again
/// half-way, then run for good; three epochs in flight, rolled back together; every batch taken back before it runs for good, as the runtime
/// does with a record that fails; a fresh instance after every epoch, and after every third, restored from the deltas so far.</para>
/// <para>In every way the operator must fetch its tables while it opens, flush its outputs before it returns, and pass on or release each batch.</para>
/// <para>An epoch's processing time is <see cref="StartMs"/> plus 1000 ms per epoch, the first being 1; the seed is fixed.
/// Everything runs on the caller's thread. Not thread-safe.</para>
/// </remarks>
public sealed partial class OperatorHarness
{
    /// <summary>Processing time of "epoch 0", in milliseconds since the Unix epoch.</summary>
    public const long StartMs = 1_000_000_000_000;

    private readonly ImmutableArray<Func<Operator>> _chain;
    private readonly List<HarnessStep> _steps = [];

    private OperatorHarness(ImmutableArray<Func<Operator>> chain) => _chain = chain;

    /// <summary>The harness of an operator.</summary>
    /// <param name="create">Makes a fresh instance at every call.</param>
    public static OperatorHarness For(Func<Operator> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return new([Fresh(create)]);
    }

    /// <summary>A harness, with an empty script, in which one more operator stands behind port 0 of the last one; the runtime fuses operators alike.</summary>
    public OperatorHarness Then(Func<Operator> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return new(_chain.Add(Fresh(create)));
    }

    /// <summary>Feeds rows to port 0, in one batch where they fit in one.</summary>
    public OperatorHarness Feed<T>(params T[] rows) => FeedTo(0, rows);

    /// <summary>Feeds rows to an input port. Not an overload of <see cref="Feed"/>, since the port would swallow the first of several ints.</summary>
    public OperatorHarness FeedTo<T>(int port, params T[] rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentNullException.ThrowIfNull(rows);
        return Add(new FeedStep<T>(port, [.. rows]));
    }

    /// <summary>Moves the watermark: <see cref="Operator.OnWatermark"/>, unless it stands there already.</summary>
    public OperatorHarness Watermark(long timestampMs) => Add(new WatermarkStep(new(timestampMs)));

    /// <summary>Ends the epoch: <see cref="Operator.OnEpoch"/>, then commit.</summary>
    public OperatorHarness EndEpoch() => Add(new EndEpochStep());

    /// <summary>Expects exactly these rows, in this order, from port 0 since the last expectation.</summary>
    public OperatorHarness Expect<TOut>(params TOut[] rows) => ExpectFrom(0, rows);

    /// <summary>Expects exactly these rows, in this order, from an output port since the last expectation.</summary>
    public OperatorHarness ExpectFrom<TOut>(int port, params TOut[] rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentNullException.ThrowIfNull(rows);
        return Add(new ExpectStep<TOut>(port, [.. rows], InOrder: true));
    }

    /// <summary>Expects exactly these rows, in any order, from port 0 since the last expectation.</summary>
    public OperatorHarness ExpectAnyOrder<TOut>(params TOut[] rows) => ExpectAnyOrderFrom(0, rows);

    /// <summary>Expects exactly these rows, in any order, from an output port since the last expectation.</summary>
    public OperatorHarness ExpectAnyOrderFrom<TOut>(int port, params TOut[] rows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(port);
        ArgumentNullException.ThrowIfNull(rows);
        return Add(new ExpectStep<TOut>(port, [.. rows], InOrder: false));
    }

    /// <summary>Expects that something holds of the rows from port 0 since the last expectation.</summary>
    /// <param name="what">What is expected, for the failure message.</param>
    /// <param name="holds">Whether it holds; called once in every way, and once more per run that is rolled back.</param>
    public OperatorHarness ExpectThat<TOut>(string what, Func<IReadOnlyList<TOut>, bool> holds)
    {
        ArgumentException.ThrowIfNullOrEmpty(what);
        ArgumentNullException.ThrowIfNull(holds);
        return Add(new ExpectThatStep<TOut>(what, holds));
    }

    /// <summary>Expects that no port gave out a row since the last expectation.</summary>
    public OperatorHarness ExpectNothing() => Add(new ExpectNothingStep());

    /// <summary>Runs the script in every way. At its end nothing may be left that was not expected.</summary>
    /// <exception cref="HarnessException">A step did not hold, or the operator broke its contract.</exception>
    /// <exception cref="Data.UserFunctionException">A function threw in the plain run.</exception>
    public void Run()
    {
        foreach (var way in HarnessWay.All)
            new HarnessRun(way, _chain, _steps).Run();
    }

    private static Func<Operator> Fresh(Func<Operator> create)
    {
        Operator? last = null;
        return () =>
        {
            var made = create();
            if (made is null || ReferenceEquals(made, last))
                throw new HarnessException($"A fresh operator from every call of the factory expected, {(made is null ? "null" : "the same one again")} found.");
            return last = made;
        };
    }

    private OperatorHarness Add(HarnessStep step)
    {
        _steps.Add(step);
        return this;
    }
}
