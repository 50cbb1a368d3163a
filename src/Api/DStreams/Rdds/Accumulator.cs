
namespace Millrace.DStreams.Rdds;

/// <summary>A value that functions on many threads add to and the driver reads. Thread-safe.</summary>
/// <remarks>
/// What the function of an action (<c>ForeachPartition</c>) adds is counted once, when its partition has come to its end: what it added before
/// it threw is left out. A function of a transformation (<c>Map</c>) adds again whenever its partition is computed again: by a second action,
/// for a sample, or after a kept partition was dropped or lost.
/// </remarks>
/// <typeparam name="TIn">What is added.</typeparam>
/// <typeparam name="TOut">What is read.</typeparam>
public abstract class Accumulator<TIn, TOut>
{
    private protected Accumulator(string? name) => Name = name;

    /// <summary>What it is called, or null.</summary>
    public string? Name { get; }

    /// <summary>What was added, up to now.</summary>
    public abstract TOut Value { get; }

    /// <summary>Whether nothing was added since the beginning or the last <see cref="Reset"/>.</summary>
    public abstract bool IsZero { get; }

    /// <summary>Adds a value.</summary>
    public abstract void Add(TIn value);

    /// <summary>Begins anew.</summary>
    public abstract void Reset();

    /// <inheritdoc/>
    public override string ToString() => $"{(Name is null ? "" : Name + ": ")}{RowText.Spell(Value)}";
}
