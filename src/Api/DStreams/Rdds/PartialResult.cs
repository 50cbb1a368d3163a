using System.Runtime.CompilerServices;

namespace Millrace.DStreams.Rdds;

/// <summary>What an approximate action knew when its time was over, and what it finds in the end. Thread-safe.</summary>
public sealed class PartialResult<T>
{
    private readonly Task<T> _finalValue;
    private readonly StrongBox<bool> _isFinalWanted;

    internal PartialResult(T initialValue, bool isFinal, Task<T> finalValue, StrongBox<bool> isFinalWanted) =>
        (InitialValue, IsInitialValueFinal, _finalValue, _isFinalWanted) = (initialValue, isFinal, finalValue, isFinalWanted);

    /// <summary>The value when the time was over, or when all was done before.</summary>
    public T InitialValue { get; }

    /// <summary>Whether all was done in time.</summary>
    public bool IsInitialValueFinal { get; }

    /// <summary>The first value, and whether it is the last: <c>(partial: …)</c> or <c>(final: …)</c>.</summary>
    public override string ToString() => $"({(IsInitialValueFinal ? "final" : "partial")}: {InitialValue})";

    /// <summary>The value once every partition has been computed, which goes on meanwhile. Throws what a function of a partition throws.</summary>
    /// <remarks>Asked for by the body of an output operation, the batch waits for it; not asked for until the body has come back, it is given up, and cancelled.</remarks>
    public Task<T> FinalValue
    {
        get
        {
            Volatile.Write(ref _isFinalWanted.Value, true);
            return _finalValue;
        }
    }
}
