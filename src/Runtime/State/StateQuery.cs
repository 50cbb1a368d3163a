namespace Millrace.Runtime.State;

/// <summary>What is asked of the state of a job's operators.</summary>
/// <param name="Operator">Whose; empty, where tables are asked for: of all.</param>
/// <param name="Table">Of which name; empty: of all, or the only one.</param>
internal abstract record StateQuery(string Operator, string Table)
{
    /// <summary>Which tables are there?</summary>
    /// <param name="Operator">See the base.</param>
    /// <param name="Table">See the base.</param>
    /// <param name="After">Behind which to go on.</param>
    internal sealed record Tables(string Operator, string Table, TablePlace After) : StateQuery(Operator, Table);

    /// <summary>What has this key?</summary>
    /// <param name="Operator">See the base.</param>
    /// <param name="Table">See the base.</param>
    /// <param name="Form">How the key is given, and the value wanted.</param>
    /// <param name="Key">A <see cref="string"/>, bytes, or the key, by the form.</param>
    internal sealed record Get(string Operator, string Table, StateForm Form, object? Key) : StateQuery(Operator, Table);

    /// <summary>Which entries are there?</summary>
    /// <param name="Operator">See the base.</param>
    /// <param name="Table">See the base.</param>
    /// <param name="Form">How they are wanted.</param>
    /// <param name="Place">From where on.</param>
    /// <param name="Max">About how many.</param>
    internal sealed record Entries(string Operator, string Table, StateForm Form, EntryPlace Place, int Max) : StateQuery(Operator, Table);
}
