namespace Millrace.DStreams.Rdds;

/// <summary>What an approximate action knew when its time was over, and what it finds in the end. Thread-safe.</summary>
public sealed class PartialResult<T>
{
    internal PartialResult(T initialValue, bool isFinal, Task<T> finalValue) =>
        (InitialValue, IsInitialValueFinal, FinalValue) = (initialValue, isFinal, finalValue);

    /// <summary>The value when the time was over, or when all was done before.</summary>
    public T InitialValue { get; }

    /// <summary>Whether all was done in time.</summary>
    public bool IsInitialValueFinal { get; }

    /// <summary>The value once every partition has been computed, which goes on meanwhile. Throws what a function of a partition throws.</summary>
    public Task<T> FinalValue { get; }
}
