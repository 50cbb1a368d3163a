using System.Collections.Immutable;
using Millrace.Data;
using Millrace.Serialization;
using Millrace.State;

namespace Millrace.Runtime.State;

/// <inheritdoc/>
internal sealed class TableReader<TKey, TValue>(OperatorId @operator, string table, bool isLocal, Type ownerType, Func<TKey, ulong> ownerHash, CodecCatalog codecs) : TableReader
{
    private const int EntriesMax = 5000;
    private const int PageSizeMax = 256 * 1024;
    private const int EntryBytesMax = 4 * 1024 * 1024;

    /// <inheritdoc/>
    public override Type OwnerType => ownerType;

    /// <inheritdoc/>
    public override bool IsLocal => isLocal;

    /// <inheritdoc/>
    public override ulong HashOf(StateQuery.Get query) => ownerHash(KeyOf(query));

    /// <inheritdoc/>
    public override StateAnswer.Entries Get(TableView view, long epoch, StateQuery.Get query)
    {
        var key = KeyOf(query);
        List<(uint, TKey, TValue)> found = ((TableView<TKey, TValue>)view).TryGet(key, epoch, out var value) ? [(0, key, value)] : [];
        return new(epoch, RowsOf(query.Form, found, out _), null);
    }

    /// <inheritdoc/>
    public override StateAnswer.Entries Read(TableView view, int partitions, long epoch, StateQuery.Entries query)
    {
        Check(query.Form);
        var entries = new List<(uint, TKey, TValue)>();
        var next = ((TableView<TKey, TValue>)view).Read(epoch, query.Place.Position, Math.Clamp(query.Max, 1, EntriesMax), entries);
        var rows = RowsOf(query.Form, entries, out var cut);
        var partition = query.Place.Partition;
        EntryPlace? place = (cut ?? next) is { } position ? new(partition, partitions, position) : partition + 1 < partitions ? new(partition + 1, partitions, 0) : null;
        return new(epoch, rows, place);
    }

    private TKey KeyOf(StateQuery.Get query)
    {
        Check(query.Form);
        try
        {
            return query.Form.Kind switch
            {
                StateFormKind.Text => StateText.KeyOf<TKey>((string)query.Key!),
                StateFormKind.Encoded => StateBytes.ReadKey<TKey, TValue>((ReadOnlyMemory<byte>)query.Key!, codecs),
                _ => (TKey)query.Key!,
            };
        }
        catch (ConfigurationException cause)
        {
            throw new ConfigurationException($"Operator {@operator}, table {table}: {cause.Message}.", cause);
        }
    }

    private void Check(StateForm form)
    {
        var present = StateForm.Of<TKey, TValue>(form.Kind);
        if (form.Kind != StateFormKind.Text && form != present)
            throw new ConfigurationException($"Operator {@operator}, table {table}: keys of type {present.KeyType} with values of type {present.ValueType} expected, {form.KeyType} with {form.ValueType} found; ask for the types that it has.");
    }

    /// <param name="form">As which.</param>
    /// <param name="entries">In order of their positions.</param>
    /// <param name="cut">Where those begin that would have been too much; null: all are in.</param>
    private StateRows RowsOf(StateForm form, List<(uint Position, TKey Key, TValue Value)> entries, out uint? cut)
    {
        cut = null;
        switch (form.Kind)
        {
            case StateFormKind.Text:
                var (texts, characters) = (ImmutableArray.CreateBuilder<(string, string)>(), 0);
                for (var entry = 0; entry < entries.Count; entry++)
                {
                    if (characters > PageSizeMax && EndsAt(entries, entry, out cut))
                        break;
                    var (key, value) = (StateText.Of(entries[entry].Key), StateText.Of(entries[entry].Value));
                    characters += key.Length + value.Length;
                    texts.Add((key, value));
                }

                return new StateRows.Texts(texts.ToImmutable());
            case StateFormKind.Encoded:
                using (var writer = new CodecWriter())
                {
                    var rows = new WrittenRows<ValueDeltaRow<TKey, TValue>>(writer, new ValueRowCodec<TKey, TValue>(codecs));
                    for (var entry = 0; entry < entries.Count; entry++)
                    {
                        if (writer.WrittenCount > PageSizeMax && EndsAt(entries, entry, out cut))
                            break;
                        rows.Add(new(entries[entry].Key, 0, true, entries[entry].Value));
                        if (writer.WrittenCount > EntryBytesMax)
                            throw new ConfigurationException($"Operator {@operator}, table {table}: at most {EntryBytesMax} bytes of entries expected to go to another process, more found at key {UserText.OfValue(entries[entry].Key, 100)}; a savepoint holds them.");
                    }

                    rows.End();
                    return new StateRows.Encoded(writer.ToArray());
                }

            default:
                var copy = StateCopy.Of<TValue>(@operator) ?? (static value => value);
                return new StateRows.Objects(entries.Select(entry => (entry.Key, copy(entry.Value))).ToArray());
        }
    }

    // Entries of one position come together.
    private static bool EndsAt(List<(uint Position, TKey Key, TValue Value)> entries, int entry, out uint? position)
    {
        position = entries[entry].Position == entries[entry - 1].Position ? null : entries[entry].Position;
        return position is not null;
    }
}
