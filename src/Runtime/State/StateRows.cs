using System.Collections.Immutable;

namespace Millrace.Runtime.State;

/// <summary>Entries of a table, by the form in which they were asked for.</summary>
internal abstract record StateRows
{
    public abstract bool IsEmpty { get; }

    /// <param name="All">Keys and values.</param>
    internal sealed record Texts(ImmutableArray<(string Key, string Value)> All) : StateRows
    {
        public override bool IsEmpty => All.IsEmpty;
    }

    /// <param name="Bytes">As the rows of a delta; none where there is no entry.</param>
    internal sealed record Encoded(ReadOnlyMemory<byte> Bytes) : StateRows
    {
        public override bool IsEmpty => Bytes.IsEmpty;
    }

    /// <param name="All">An array of pairs of the types that were asked for.</param>
    internal sealed record Objects(Array All) : StateRows
    {
        public override bool IsEmpty => All.Length == 0;
    }
}
