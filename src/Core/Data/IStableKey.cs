namespace Millrace.Data;

/// <summary>A key that brings its own hash. Its equality is its <see cref="object.Equals(object)"/>, which a class must have.</summary>
/// <remarks>
/// The hash decides which task owns the key and is part of what is durable: it must be the same in every process and every
/// version of the program, and equal for equal keys. Called on the thread of the task, once per record; an exception fails the operator.
/// </remarks>
public interface IStableKey
{
    /// <summary>The hash of this key; it is mixed once more, so any well-defined number will do.</summary>
    ulong StableHash();
}
