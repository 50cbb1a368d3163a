using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>What the state machines ask of the journal, and its answers.</summary>
internal static class JournalMessages
{
    /// <summary>
    /// Effect: write all rows or none, numbered from <paramref name="FirstNumber"/>, if and only if that number is free and the one
    /// before it is taken. Answered by <see cref="Appended"/>.
    /// </summary>
    internal sealed record Append(JournalStream Stream, long FirstNumber, ImmutableArray<JournalRows.Row> Rows)
        : ICoordinatorEffect, IWorkerEffect;

    /// <summary>Effect: all rows from a number on. Answered by <see cref="RowsRead"/> or <see cref="ReadFailed"/>, with the same request.</summary>
    internal sealed record Read(JournalStream Stream, long FromNumber, long Request) : ICoordinatorEffect, IWorkerEffect;

    internal sealed record Appended(JournalStream Stream, long FirstNumber, AppendOutcome Outcome) : ICoordinatorInput, IWorkerInput;

    internal sealed record RowsRead(JournalStream Stream, long FromNumber, long Request, ImmutableArray<JournalRows.Row> Rows)
        : ICoordinatorInput, IWorkerInput;

    internal sealed record ReadFailed(JournalStream Stream, long Request) : ICoordinatorInput, IWorkerInput;
}
