namespace Millrace.State;

/// <summary>Gives the rows of a list delta: what was appended, and whether what was before is gone.</summary>
internal sealed class ListDeltaRows<TKey, TItem>(IRowSink<ListDeltaRow<TKey, TItem>> rows) : IChangeVisitor<TKey, ListState<TItem>>
{
    public void Visit(in ValueChange<TKey, ListState<TItem>> change)
    {
        var after = change.Exists ? change.After : default;
        var before = change.Existed ? change.Before : default;
        var continues = ReferenceEquals(before.Buffer, after.Buffer) || !change.Existed;
        var appended = continues ? after.Items[before.Count..] : after.Items;
        if (continues ? appended.IsEmpty : AreSame(before.Items, after.Items))
        {
            return;
        }

        rows.Add(new(change.Key, change.Hash, !continues, appended.ToArray()));
    }

    private static bool AreSame(ReadOnlySpan<TItem> before, ReadOnlySpan<TItem> after)
    {
        if (before.Length != after.Length)
        {
            return false;
        }

        for (var i = 0; i < before.Length; i++)
        {
            if (!SameValue<TItem>.Test(before[i], after[i]))
            {
                return false;
            }
        }

        return true;
    }
}
