using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>The database: streams of rows with compare-and-set on the number; trimmed rows are gone.</summary>
/// <param name="hasChunks">Rows take one to three numbers.</param>
internal sealed class SimJournal(bool hasChunks = false)
{
    private readonly Dictionary<JournalStream, List<JournalMessages.NumberedRow>> _streams = [];

    private readonly HashSet<RowAddress> _damaged = [];

    /// <summary>Called for every row that is really written, in order.</summary>
    public Action<JournalStream, JournalRows.Row>? Written { get; set; }

    public long RowsRead { get; private set; }

    public bool TryAppend(JournalMessages.Append append) => TryAppend(append, out _);

    public bool TryAppend(JournalMessages.Append append, out long next)
    {
        var rows = Rows(append.Stream);
        next = rows.Count == 0 ? 1 : rows[^1].NextNumber;
        if (next != append.FirstNumber)
        {
            return false;
        }

        foreach (var row in append.Rows)
        {
            var number = next;
            next += hasChunks && row is not JournalRows.Sealed and not JournalRows.LeaseTaken
                ? 1 + (long)(SimRandom.Mix((ulong)number ^ append.Stream.Id) % 3)
                : 1;
            rows.Add(new JournalMessages.NumberedRow(number, next, row));
            Written?.Invoke(append.Stream, row);
        }

        return true;
    }

    public ImmutableArray<JournalMessages.NumberedRow> Read(JournalStream stream, long fromNumber)
    {
        var rows = Rows(stream);
        if (rows.Count == 0 || rows[^1].Number < fromNumber)
        {
            return [];
        }

        ImmutableArray<JournalMessages.NumberedRow> read = [.. rows.Where(r => r.Number >= fromNumber)];
        RowsRead += read.Length;
        return read;
    }

    public int Trim(JournalMessages.Trim trim) => Rows(trim.Stream).RemoveAll(r => r.Number <= trim.Through);

    public int Count(JournalStream stream) => Rows(stream).Count;

    public JournalRows.EpochDeltas? Find(RowAddress address) => Find(JournalStream.Process(address.Process), address.Number) as JournalRows.EpochDeltas;

    public JournalRows.TaskImage? FindImage(RowAddress address) => Find(JournalStream.Snapshots(address.Process), address.Number) as JournalRows.TaskImage;

    /// <summary>From now on a restore can't read an image.</summary>
    public void Damage(RowAddress image) => _damaged.Add(image);

    /// <summary>What a restore gets of an image; null: it is gone, or damaged.</summary>
    public JournalRows.TaskImage? ReadImage(RowAddress image) => IsDamaged(image) ? null : FindImage(image);

    public bool IsDamaged(RowAddress image) => _damaged.Contains(image);

    private JournalRows.Row? Find(JournalStream stream, long number)
    {
        foreach (var row in Rows(stream))
        {
            if (row.Number == number)
            {
                return row.Row;
            }
        }

        return null;
    }

    /// <summary>One task's part of a named row.</summary>
    public JournalRows.TaskDelta Part(RowAddress address, int task, long epoch)
    {
        if (Find(address) is { } row && row.Epoch == epoch)
        {
            foreach (var part in row.Tasks)
            {
                if (part.Task == task)
                {
                    return part;
                }
            }
        }

        throw new ViolationException($"I2: row {address} of epoch {epoch} with task {task} is named and does not exist.");
    }

    private List<JournalMessages.NumberedRow> Rows(JournalStream stream)
    {
        if (!_streams.TryGetValue(stream, out var rows))
        {
            _streams.Add(stream, rows = []);
        }

        return rows;
    }
}
