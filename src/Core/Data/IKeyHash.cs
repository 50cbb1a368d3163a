namespace Millrace.Data;

/// <summary>Hash and equality of one key type, implemented by structs so that the JIT inlines them into a table's loops.</summary>
/// <remarks>
/// Stateless; <c>default(THash)</c> must work. Called on the thread of the task that owns the table, once or twice per record.
/// Implementations never change their values: state found by them outlives the process.
/// </remarks>
public interface IKeyHash<TKey>
{
    /// <summary>The stable hash of a key; null has a hash of its own.</summary>
    ulong Hash(TKey key);

    /// <summary>Whether two keys are one; equal keys have equal hashes.</summary>
    bool AreEqual(TKey x, TKey y);

    /// <summary>The form of the key that a table keeps: the key itself, except for a <see cref="TextSlice"/>, which lets go of its line.</summary>
    TKey Own(TKey key);
}
