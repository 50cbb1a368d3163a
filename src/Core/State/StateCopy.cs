using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Copies of states that are given to user code, so that code which changes one in place does not change what a failed epoch goes back to.</summary>
/// <remarks>
/// Nothing is copied of a type that can't be changed: numbers, texts, dates, enumerations, tuples and immutable collections of such, types all
/// of whose fields are read-only and of such types (records), and types marked <c>[ImmutableObject(true)]</c>. Everything else is copied through
/// and through, as it is when the program runs: two references to one object stay two references to one object, comparers stay the same, and
/// fields marked <c>[NonSerialized]</c> have their type's default in the copy, as after a restart. What can't be copied ends the job. A copied
/// object whose type does not override <c>GetHashCode</c> has another hash than before: the platform's dictionaries and sets are put in order
/// for that, tables of one's own that keep such hashes are not, here as little as after a restart.
/// </remarks>
public static class StateCopy
{
    /// <summary>Makes a copy of a state, for one thread at a time; null where there is no need.</summary>
    /// <param name="operator">Whose state it is, for the message.</param>
    /// <exception cref="JobEndingException">By the function that is returned: the state holds something that can't be copied.</exception>
    public static Func<TState, TState>? Of<TState>(OperatorId @operator)
    {
        if (Immutability.IsImmutable(typeof(TState)))
            return null;
        var copier = new ObjectCopier();
        return state =>
        {
            try
            {
                return copier.Copy(state);
            }
            catch (NotCopiedException cause)
            {
                throw new JobEndingException(
                    $"Operator {@operator}: a state of type {CodecCatalog.Name(typeof(TState))} that can be copied expected, so that a failed epoch can go back to it; {cause.Message}", cause);
            }
        };
    }

    /// <summary>Makes copies of items along with the array that holds them; null where items can't be changed.</summary>
    public static Func<TItem[], TItem[]>? OfItems<TItem>(OperatorId @operator) => Immutability.IsImmutable(typeof(TItem)) ? null : Of<TItem[]>(@operator);

    /// <summary>A function that reduces two values to one, made safe for values that stand in state: it gets copies where its type lets them be changed.</summary>
    public static Func<TState, TState, TState> Guard<TState>(Func<TState, TState, TState> reduce, OperatorId @operator)
    {
        ArgumentNullException.ThrowIfNull(reduce);
        return Of<TState>(@operator) is { } copy ? (left, right) => reduce(copy(left), copy(right)) : reduce;
    }
}
