using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>The database: streams of rows with compare-and-set on the number.</summary>
internal sealed class SimJournal
{
    private readonly Dictionary<JournalStream, List<JournalRows.Row>> _streams = [];

    /// <summary>Called for every row that is really written, in order.</summary>
    public Action<JournalStream, JournalRows.Row>? Written { get; set; }

    public bool TryAppend(JournalMessages.Append append)
    {
        var rows = Rows(append.Stream);
        if (rows.Count + 1 != append.FirstNumber)
        {
            return false;
        }

        foreach (var row in append.Rows)
        {
            rows.Add(row);
            Written?.Invoke(append.Stream, row);
        }

        return true;
    }

    public ImmutableArray<JournalMessages.NumberedRow> Read(JournalStream stream, long fromNumber)
    {
        var rows = Rows(stream);
        return fromNumber > rows.Count ? [] : [.. rows.Select((row, i) => new JournalMessages.NumberedRow(i + 1, i + 2, row)).Skip((int)fromNumber - 1)];
    }

    public JournalRows.EpochDeltas? Find(RowAddress address)
    {
        var rows = Rows(JournalStream.Process(address.Process));
        return address.Number >= 1 && address.Number <= rows.Count ? rows[(int)address.Number - 1] as JournalRows.EpochDeltas : null;
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

    private List<JournalRows.Row> Rows(JournalStream stream)
    {
        if (!_streams.TryGetValue(stream, out var rows))
        {
            _streams.Add(stream, rows = []);
        }

        return rows;
    }
}
