using System.Collections.Immutable;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What the actors of a <see cref="SqlJournal"/> say to each other.</summary>
internal static class SqlStreamMessages
{
    /// <summary>To the writer of the stream.</summary>
    internal sealed record Append(JournalMessages.Append Request, Action<JournalMessages.Appended> Answer);

    /// <summary>Writer to store: all chunks in one transaction. Answered by <see cref="Written"/> or <see cref="Failed"/>.</summary>
    internal sealed record Write(ImmutableArray<byte[]> Chunks);

    /// <summary>Store to writer, once: numbers up to this one are taken.</summary>
    internal sealed record Recovered(long LastNumber);

    internal sealed record Written(long LastNumber);

    /// <summary>Store to writer; the store stops.</summary>
    internal sealed record Failed(Exception Cause);

    /// <summary>Writer to store: numbers up to this one may be deleted. Not answered.</summary>
    internal sealed record Trim(long Through);
}
