using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>What the state machines ask of the journal, and its answers.</summary>
internal static class JournalMessages
{
    /// <summary>
    /// Effect: write all rows or none, numbered from <paramref name="FirstNumber"/>, if and only if that number is free and the one
    /// before it is taken. Number 1 is free only while the stream holds no row at all: what was trimmed is not free again. Answered by <see cref="Appended"/>.
    /// </summary>
    internal sealed record Append(JournalStream Stream, long FirstNumber, ImmutableArray<JournalRows.Row> Rows)
        : ICoordinatorEffect, IWorkerEffect;

    /// <summary>Effect: all rows from a number on. Answered by <see cref="RowsRead"/> or <see cref="ReadFailed"/>, with the same request.</summary>
    internal sealed record Read(JournalStream Stream, long FromNumber, long Request) : ICoordinatorEffect, IWorkerEffect;

    /// <summary>Effect: rows up to a number are needed by nobody any more and may be deleted, now or later. Not answered; asked for again in vain it does no harm.</summary>
    internal sealed record Trim(JournalStream Stream, long Through) : ICoordinatorEffect;

    /// <param name="NextNumber">The number behind the rows, when they were written: a row takes as many numbers as it needs chunks.</param>
    internal sealed record Appended(JournalStream Stream, long FirstNumber, AppendOutcome Outcome, long NextNumber) : ICoordinatorInput, IWorkerInput;

    internal sealed record RowsRead(JournalStream Stream, long FromNumber, long Request, ImmutableArray<NumberedRow> Rows)
        : ICoordinatorInput, IWorkerInput;

    /// <param name="Reason">Null: no answer, try again. Else what is wrong with the rows themselves, which no repetition mends: one line that names the row.</param>
    /// <param name="Before">The rows before the one that is damaged; default where there is no reason.</param>
    internal sealed record ReadFailed(JournalStream Stream, long Request, string? Reason = null, ImmutableArray<NumberedRow> Before = default)
        : ICoordinatorInput, IWorkerInput;

    /// <summary>A row where it stands.</summary>
    /// <param name="Number">Its number, by which it is named.</param>
    /// <param name="NextNumber">The number behind it.</param>
    /// <param name="Row">The row.</param>
    internal readonly record struct NumberedRow(long Number, long NextNumber, JournalRows.Row Row);
}
