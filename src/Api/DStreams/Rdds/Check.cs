using System.Runtime.CompilerServices;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Refuses wrong arguments with one line.</summary>
internal static class Check
{
    public static int Partitions(int partitions) =>
        partitions > 0 ? partitions : throw new GraphException($"{partitions} partitions found, 1 or more expected.");

    public static int Count(int count) =>
        count >= 0 ? count : throw new GraphException($"A count of {count} rows found, 0 or more expected.");

    public static double Fraction(double fraction, bool withReplacement)
    {
        if (!(fraction >= 0) || double.IsInfinity(fraction))
            throw new GraphException(FormattableString.Invariant($"A sample fraction of {fraction} found, 0 or more expected."));
        if (!withReplacement && fraction > 1)
            throw new GraphException(FormattableString.Invariant($"A sample fraction of {fraction} found, 0 to 1 expected without replacement."));
        return fraction;
    }

    public static (TKey Key, TState State)[] InitialStates<TKey, TState>(IEnumerable<(TKey Key, TState State)> states)
    {
        (TKey Key, TState State)[] all = [.. states];
        var keys = new HashSet<TKey>();
        foreach (var (key, _) in all)
        {
            if (!keys.Add(key))
                throw new GraphException($"Initial states: one for a key expected, two for key {UserText.OfValue(key, 100)} found; bring them together before.");
        }

        return all;
    }

    /// <summary>Refuses a lineage for which the stack does not suffice: its overflow would end the process.</summary>
    public static void Depth(Dataset dataset)
    {
        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new GraphException($"{dataset}: a lineage of fewer operations expected, one that is deeper than the stack found; cut it now and then by LocalCheckpoint or Checkpoint.");
    }

    public static InvalidOperationException EmptyCollection() => new("empty collection");
}
