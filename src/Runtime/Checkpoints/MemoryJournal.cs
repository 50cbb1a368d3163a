using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>A journal in the memory of this process: decisions are ordered and fenced as with any other, and end with the process.</summary>
/// <remarks>
/// <para>By default state needs no deltas here: while the process lives its tasks roll back by their undo lists, and when it ends the journal ends too.
/// Of each stream the newest <c>1024</c> rows are kept; a read that reaches below them fails, since nothing may start empty in silence.</para>
/// <para>A durable one (for tests) outlives its host: whoever holds the object starts another host on it. It keeps every row until it is trimmed.</para>
/// </remarks>
internal sealed class MemoryJournal(bool isDurable = false) : IJournal
{
    private const int RowsKept = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<JournalStream, Rows> _streams = [];

    private sealed class Rows
    {
        public Queue<JournalRows.Row> Kept { get; } = new();

        /// <summary>Number of the newest row; rows count from 1.</summary>
        public long Last { get; set; }

        public long First => Last - Kept.Count + 1;
    }

    /// <inheritdoc/>
    public bool IsDurable => isDurable;

    /// <inheritdoc/>
    public string Name => "the journal in memory";

    /// <inheritdoc/>
    public void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer)
    {
        AppendOutcome outcome;
        lock (_lock)
        {
            if (!_streams.TryGetValue(request.Stream, out var rows))
                _streams[request.Stream] = rows = new();
            outcome = rows.Last + 1 == request.FirstNumber ? AppendOutcome.Ok : AppendOutcome.Conflict;
            if (outcome == AppendOutcome.Ok)
            {
                foreach (var row in request.Rows)
                {
                    rows.Kept.Enqueue(row);
                    rows.Last++;
                    if (!isDurable && rows.Kept.Count > RowsKept)
                        rows.Kept.Dequeue();
                }
            }
        }

        answer(new(request.Stream, request.FirstNumber, outcome, request.FirstNumber + request.Rows.Length));
    }

    /// <inheritdoc/>
    public void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail)
    {
        ImmutableArray<JournalMessages.NumberedRow> found = [];
        lock (_lock)
        {
            if (_streams.TryGetValue(request.Stream, out var rows))
            {
                if (!isDurable && request.FromNumber < rows.First)
                    found = default;
                else
                    found = [.. rows.Kept.Select((row, i) => new JournalMessages.NumberedRow(rows.First + i, rows.First + i + 1, row)).Where(row => row.Number >= request.FromNumber)];
            }
        }

        if (found.IsDefault)
            fail(new(request.Stream, request.Request));
        else
            answer(new(request.Stream, request.FromNumber, request.Request, found));
    }

    /// <inheritdoc/>
    public void Trim(JournalMessages.Trim request)
    {
        lock (_lock)
        {
            if (!_streams.TryGetValue(request.Stream, out var rows))
                return;
            while (rows.Kept.Count > 0 && rows.First <= request.Through)
                rows.Kept.Dequeue();
        }
    }
}
