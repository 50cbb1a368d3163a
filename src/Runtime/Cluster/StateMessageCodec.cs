using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Cluster;

/// <summary>What is asked of state, and the answers, as bytes: a number for the kind, then the fields in the order of the record.</summary>
internal static class StateMessageCodec
{
    private const int CountSizeMin = 37;
    private const int PairSizeMin = 8;

    private enum Kind : byte
    {
        None = 0,
        Tables = 1,
        Get = 2,
        Entries = 3,
    }

    public static void Write(RowWriter to, StateQuery query)
    {
        switch (query)
        {
            case StateQuery.Tables tables:
                WriteHead(to, Kind.Tables, query);
                Write(to, tables.After);
                break;
            case StateQuery.Get get:
                WriteHead(to, Kind.Get, query);
                Write(to, get.Form);
                if (get.Form.Kind == StateFormKind.Text)
                    to.Text((string)get.Key!);
                else
                    WriteBytes(to, (ReadOnlyMemory<byte>)get.Key!);
                break;
            case StateQuery.Entries entries:
                WriteHead(to, Kind.Entries, query);
                Write(to, entries.Form);
                Write(to, entries.Place);
                to.Int32(entries.Max);
                break;
        }
    }

    public static StateQuery ReadQuery(RowReader from)
    {
        var (kind, @operator, table) = ((Kind)from.Byte(), from.Text(), from.Text());
        switch (kind)
        {
            case Kind.Tables:
                return new StateQuery.Tables(@operator, table, ReadPlace(from));
            case Kind.Get:
                var form = ReadForm(from);
                return new StateQuery.Get(@operator, table, form, form.Kind == StateFormKind.Text ? from.Text() : ReadBytes(from));
            case Kind.Entries:
                return new StateQuery.Entries(@operator, table, ReadForm(from), ReadEntryPlace(from), from.Int32());
            default:
                throw new RowFormatException($"kind {(byte)kind} of a query of state found");
        }
    }

    public static void Write(RowWriter to, StateAnswer? answer)
    {
        switch (answer)
        {
            case StateAnswer.Tables tables:
                to.Byte((byte)Kind.Tables);
                HistoryCodec.Write(to, tables.Counts, Write);
                HistoryCodec.Write(to, tables.HasMore);
                break;
            case StateAnswer.Entries entries:
                to.Byte((byte)Kind.Entries);
                to.Int64(entries.Epoch);
                HistoryCodec.Write(to, entries.Next is not null);
                if (entries.Next is { } next)
                    Write(to, next);
                Write(to, entries.Rows);
                break;
            default:
                to.Byte((byte)Kind.None);
                break;
        }
    }

    public static StateAnswer? ReadAnswer(RowReader from) => (Kind)from.Byte() switch
    {
        Kind.None => null,
        Kind.Tables => ReadTables(from),
        Kind.Entries => ReadEntries(from),
        var kind => throw new RowFormatException($"kind {(byte)kind} of an answer about state found"),
    };

    private static void WriteHead(RowWriter to, Kind kind, StateQuery query)
    {
        to.Byte((byte)kind);
        to.Text(query.Operator);
        to.Text(query.Table);
    }

    private static void Write(RowWriter to, StateForm form)
    {
        to.Byte((byte)form.Kind);
        to.Text(form.KeyType);
        to.Text(form.ValueType);
    }

    private static StateForm ReadForm(RowReader from)
    {
        var kind = (StateFormKind)from.Byte();
        return kind is StateFormKind.Text or StateFormKind.Encoded
            ? new(kind, from.Text(), from.Text())
            : throw new RowFormatException($"a form of state expected, {(byte)kind} found");
    }

    private static void Write(RowWriter to, EntryPlace place)
    {
        to.Int32(place.Partition);
        to.Int32(place.Partitions);
        to.Int32(unchecked((int)place.Position));
    }

    private static EntryPlace ReadEntryPlace(RowReader from) => new(from.Int32(), from.Int32(), unchecked((uint)from.Int32()));

    private static void Write(RowWriter to, TablePlace place)
    {
        to.Text(place.Operator);
        to.Text(place.Table);
        to.Int32(place.Partition);
    }

    private static TablePlace ReadPlace(RowReader from) => new(from.Text(), from.Text(), from.Int32());

    private static void Write(RowWriter to, TableCount count)
    {
        Write(to, count.Place);
        to.Text(count.KeyType);
        to.Text(count.ValueType);
        HistoryCodec.Write(to, count.IsLocal);
        to.Int64(count.Count);
        to.Int64(count.Epoch);
    }

    private static TableCount ReadCount(RowReader from) => new(ReadPlace(from), from.Text(), from.Text(), from.Flag(), from.Int64(), from.Int64());

    // Why a table where there are more: whoever goes on does so behind the last one.
    private static StateAnswer.Tables ReadTables(RowReader from)
    {
        var tables = new StateAnswer.Tables(from.List(CountSizeMin, ReadCount), from.Flag());
        return tables is { HasMore: true, Counts.IsEmpty: true } ? throw new RowFormatException("a table before others expected, none found") : tables;
    }

    private static StateAnswer.Entries ReadEntries(RowReader from)
    {
        var epoch = from.Int64();
        EntryPlace? next = from.Flag() ? ReadEntryPlace(from) : null;
        return new(epoch, ReadRows(from), next);
    }

    private static void Write(RowWriter to, StateRows rows)
    {
        switch (rows)
        {
            case StateRows.Texts texts:
                to.Byte((byte)StateFormKind.Text);
                HistoryCodec.Write(to, texts.All, Write);
                break;
            case StateRows.Encoded encoded:
                to.Byte((byte)StateFormKind.Encoded);
                WriteBytes(to, encoded.Bytes);
                break;
        }
    }

    private static StateRows ReadRows(RowReader from) => (StateFormKind)from.Byte() switch
    {
        StateFormKind.Text => new StateRows.Texts(from.List(PairSizeMin, ReadPair)),
        StateFormKind.Encoded => new StateRows.Encoded(ReadBytes(from)),
        var kind => throw new RowFormatException($"a form of state expected, {(byte)kind} found"),
    };

    private static void Write(RowWriter to, (string Key, string Value) entry)
    {
        to.Text(entry.Key);
        to.Text(entry.Value);
    }

    private static (string Key, string Value) ReadPair(RowReader from) => (from.Text(), from.Text());

    private static void WriteBytes(RowWriter to, ReadOnlyMemory<byte> bytes)
    {
        to.Int32(bytes.Length);
        to.Bytes(bytes.Span);
    }

    private static ReadOnlyMemory<byte> ReadBytes(RowReader from) => from.Take(from.Int32());
}
