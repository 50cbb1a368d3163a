using System.Collections.Immutable;

namespace Millrace.Runtime.State;

/// <summary>What tasks say to a <see cref="StateQuery"/>: one of them, those of a process, or all that were asked.</summary>
internal abstract record StateAnswer
{
    private const int TablesMax = 1000;

    /// <summary>It can't be answered as it was asked.</summary>
    /// <param name="Line">Why, for a person.</param>
    internal sealed record Refused(string Line) : StateAnswer;

    /// <param name="Counts">In order of their places.</param>
    /// <param name="HasMore">Whether others stand behind the last of them.</param>
    internal sealed record Tables(ImmutableArray<TableCount> Counts, bool HasMore) : StateAnswer
    {
        /// <summary>The first ones of so many.</summary>
        public static Tables Of(IEnumerable<TableCount> counts)
        {
            var all = counts.OrderBy(count => count.Place).Take(TablesMax + 1).ToArray();
            return new([.. all.Take(TablesMax)], all.Length > TablesMax);
        }
    }

    /// <param name="Epoch">At the end of which epoch.</param>
    /// <param name="Rows">The entries.</param>
    /// <param name="Next">Where others may begin, on the same partition or the next one; null: there are none.</param>
    internal sealed record Entries(long Epoch, StateRows Rows, EntryPlace? Next) : StateAnswer;

    /// <summary>One answer of several to one query; at least one.</summary>
    public static StateAnswer Merge(IReadOnlyCollection<StateAnswer> parts)
    {
        if (parts.OfType<Refused>().FirstOrDefault() is { } refused)
            return refused;
        if (parts.OfType<Tables>().ToArray() is [_, ..] tables)
            return Merge(tables);

        // Of a key, whoever has it; where nobody has, that was so in the earliest of the epochs.
        var found = parts.OfType<Entries>();
        return found.FirstOrDefault(part => !part.Rows.IsEmpty) ?? found.MinBy(part => part.Epoch)!;
    }

    // Only up to where each of them is whole.
    private static Tables Merge(Tables[] parts)
    {
        var unfinished = parts.Where(part => part.HasMore).Select(part => part.Counts[^1].Place).ToArray();
        var counts = parts.SelectMany(part => part.Counts);
        if (unfinished.Length == 0)
            return Tables.Of(counts);
        var end = unfinished.Min();
        return Tables.Of(counts.Where(count => count.Place.CompareTo(end) <= 0)) with { HasMore = true };
    }
}
