using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Jobs;

/// <inheritdoc cref="IStateTable{TKey, TValue}"/>
/// <param name="tables">Those of the job.</param>
/// <param name="operator">Whose it is.</param>
/// <param name="table">Its name; empty: the only one of its operator.</param>
/// <param name="form">How keys are given, and entries wanted.</param>
/// <param name="keyIn">A key in that form.</param>
/// <param name="entriesOf">Entries of that form.</param>
internal sealed class StateTable<TKey, TValue>(
    StateTables tables, string @operator, string table, StateForm form, Func<TKey, object?> keyIn, Func<StateRows, IReadOnlyList<(TKey Key, TValue Value)>> entriesOf)
    : IStateTable<TKey, TValue>
{
    /// <inheritdoc/>
    public async Task<StateValue<TValue>> GetAsync(TKey key, CancellationToken cancellationToken = default)
    {
        var found = (StateAnswer.Entries)await tables.AskAsync(new StateQuery.Get(@operator, table, form, keyIn(key)), cancellationToken).ConfigureAwait(false);
        return new(entriesOf(found.Rows) is [var entry, ..] ? new Option<TValue>(entry.Value) : Option<TValue>.None, new Epoch(found.Epoch));
    }

    /// <inheritdoc/>
    public async Task<StatePage<TKey, TValue>> ReadAsync(string? from = null, int count = 1000, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var place = EntryPlace.Start;
        if (from is not null && !EntryPlace.TryParse(from, out place))
            throw new ConfigurationException($"Operator {@operator}: what the page before says in Next expected, '{UserText.OfValue(from, 100)}' found.");
        while (true)
        {
            var page = (StateAnswer.Entries)await tables.AskAsync(new StateQuery.Entries(@operator, table, form, place, count), cancellationToken).ConfigureAwait(false);
            if (page is not { Rows.IsEmpty: true, Next: { } next })
                return new(entriesOf(page.Rows), new Epoch(page.Epoch), page.Next?.ToString());
            place = next;
        }
    }

    /// <inheritdoc/>
    public async Task<StateTableInfo> DescribeAsync(CancellationToken cancellationToken = default)
    {
        var found = await tables.ListAsync(@operator, table, cancellationToken).ConfigureAwait(false);
        return found is [var only]
            ? only
            : throw new ConfigurationException(found.Count > 0
                ? $"Operator {@operator}: one of its tables ({string.Join(", ", found.Select(known => known.Name))}) expected, none found."
                : $"Operator {@operator}: {(table.Length == 0 ? "one with state that can be read" : $"a table {UserText.OfValue(table, 100)}")} expected, none found.");
    }
}
