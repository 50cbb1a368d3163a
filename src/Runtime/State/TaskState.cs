using Millrace.Data;
using Millrace.Serialization;
using Millrace.State;

namespace Millrace.Runtime.State;

/// <summary>All tables of one task: they go through epochs together.</summary>
internal sealed class TaskState
{
    /// <summary>How the names of tables begin that hold the dead letters of an input of their operator.</summary>
    public const string DeadLetterTables = "$dead-letters";

    private readonly List<(OperatorId Id, KeyedState State)> _operators = [];
    private StateTable[]? _tables;

    /// <summary>The tables with the operators that they belong to.</summary>
    public IEnumerable<(OperatorId Operator, StateTable Table)> All => _operators.SelectMany(entry => entry.State.Tables, (entry, table) => (entry.Id, table));

    /// <summary>Those that are shown to whoever reads state.</summary>
    public IEnumerable<(OperatorId Operator, StateTable Table)> Shown => All.Where(entry => entry.Table.View is not null && !entry.Table.Name.StartsWith(DeadLetterTables, StringComparison.Ordinal));

    /// <summary>Undo records over all tables and epochs in flight; 0 when everything is committed.</summary>
    public int UndoEntryCount => Tables.Sum(table => table.UndoEntryCount);

    // Tables are made while operators open; the list is fixed with the first epoch.
    private StateTable[] Tables => _tables ??= [.. _operators.SelectMany(entry => entry.State.Tables)];

    /// <summary>The tables of an operator; called while the chain is built.</summary>
    public KeyedState Of(OperatorId id)
    {
        var known = _operators.Find(entry => entry.Id == id).State;
        if (known is not null)
            return known;
        var state = new KeyedState();
        _operators.Add((id, state));
        return state;
    }

    public void BeginEpoch(Epoch epoch)
    {
        foreach (var table in Tables)
            table.BeginEpoch(epoch.Number);
    }

    public void RollBackTo(Epoch committed)
    {
        foreach (var table in Tables)
            table.RollBackTo(committed.Number);
    }

    public void Commit(Epoch epoch)
    {
        foreach (var table in Tables)
            table.Commit(epoch.Number);
    }

    /// <summary>Finds the codec of everything that tables write.</summary>
    /// <exception cref="GraphException">There is none: names operator, table, and the member that is in the way.</exception>
    public void FindCodecs(CodecCatalog codecs)
    {
        foreach (var (id, state) in _operators)
        {
            foreach (var table in state.Tables)
            {
                try
                {
                    table.FindCodecs(codecs);
                }
                catch (GraphException cause)
                {
                    throw new GraphException($"Table {table.Name} of operator {id}: {cause.Message}", cause);
                }
            }
        }
    }

    /// <summary>Writes what an epoch changed in every table, as of its end.</summary>
    public void WriteDelta(Epoch epoch, CodecWriter writer, CodecCatalog codecs) => Write(writer, table => table.WriteDelta(epoch.Number, writer, codecs));

    /// <summary>Writes every table as of the end of an epoch, not older than the last committed one.</summary>
    public void WriteImage(Epoch epoch, CodecWriter writer, CodecCatalog codecs) => Write(writer, table => table.WriteImage(epoch.Number, writer, codecs));

    /// <summary>Applies what <see cref="WriteDelta"/> or <see cref="WriteImage"/> wrote, while no epoch is in flight.</summary>
    /// <exception cref="CorruptPayloadException">A table is not there any more, or has other types.</exception>
    public void Apply(Epoch epoch, ref CodecReader reader, CodecCatalog codecs)
    {
        for (var left = reader.ReadLength(); left > 0; left--)
        {
            var (@operator, name) = (reader.ReadText()!, reader.ReadText()!);
            var rows = new CodecReader(reader.ReadSpan((int)reader.ReadFixed32()));
            var table = Find(@operator, name)
                ?? throw new CorruptPayloadException(name.StartsWith(DeadLetterTables, StringComparison.Ordinal)
                    ? $"Operator {@operator} has dead letters in the checkpoint, and the program has no error policy that keeps them; give it DeadLetter or Park again, replay or discard them, then change it."
                    : $"Table '{name}' of operator {@operator} stands in the checkpoint, and the program has none; keep the operator, its name and its windows, or start from a new directory.");
            try
            {
                table.Apply(table.ReadDelta(epoch.Number, ref rows, codecs));
            }
            catch (SchemaException cause)
            {
                throw new CorruptPayloadException($"Table {name} of operator {@operator}: {cause.Message}", cause);
            }
        }
    }

    /// <summary>Reads over what <see cref="WriteDelta"/> wrote.</summary>
    public static void Skip(ref CodecReader reader)
    {
        for (var left = reader.ReadLength(); left > 0; left--)
        {
            reader.ReadText();
            reader.ReadText();
            reader.ReadSpan((int)reader.ReadFixed32());
        }
    }

    private void Write(CodecWriter writer, Func<StateTable, bool> write)
    {
        var (countAt, count) = (writer.ReserveVarint32(), 0u);
        foreach (var (id, state) in _operators)
        {
            foreach (var table in state.Tables)
            {
                var start = writer.WrittenCount;
                writer.WriteText(id.Name);
                writer.WriteText(table.Name);
                var length = writer.ReserveFixed32();
                try
                {
                    if (!write(table))
                    {
                        writer.Rewind(start);
                        continue;
                    }
                }
                catch (SchemaException cause)
                {
                    throw new SchemaException($"Table {table.Name} of operator {id}: {cause.Message}", cause);
                }

                writer.PatchLength(length);
                count++;
            }
        }

        writer.PatchVarint32(countAt, count);
    }

    private StateTable? Find(string @operator, string name)
    {
        foreach (var (id, state) in _operators)
        {
            if (id.Name == @operator)
                return state.Find(name);
        }

        return null;
    }

    /// <summary>Opens a row scope in every table.</summary>
    public void Mark(List<long> marks)
    {
        marks.Clear();
        foreach (var table in Tables)
            marks.Add(table.Mark());
    }

    /// <summary>Takes back what happened since the marks.</summary>
    public void UndoTo(List<long> marks)
    {
        for (var table = 0; table < Tables.Length; table++)
            Tables[table].UndoTo(marks[table]);
    }

    /// <summary>Keeps what happened since the marks.</summary>
    public void Release(List<long> marks)
    {
        for (var table = 0; table < Tables.Length; table++)
            Tables[table].Release(marks[table]);
    }
}
