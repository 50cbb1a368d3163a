using Millrace.Client;
using Millrace.Data;

namespace Millrace.Runtime.Tasks;

/// <summary>What a user asks of dead letters, as it stands in a plan: a verb, then ids or <c>*</c> for all, each on a line of its own.</summary>
/// <param name="Replays">Run them again; else forget them.</param>
/// <param name="Ids">Which; null: all.</param>
internal sealed record LetterOrder(bool Replays, IReadOnlySet<string>? Ids)
{
    private const string Replay = "replay";
    private const string Discard = "discard";
    private const string All = "*";

    /// <summary>Whether it asks for a letter.</summary>
    public bool Names(string id) => Ids is null || Ids.Contains(id);

    public static LetterOrder Parse(string text)
    {
        var lines = text.Split('\n');
        if (lines.Length < 2 || lines[0] is not (Replay or Discard))
            throw new CorruptCheckpointException($"An order to replay or to discard dead letters expected in the plan, '{lines[0]}' found; it was written by another version of Millrace.");
        return new(lines[0] == Replay, lines[1] == All ? null : lines[1..].ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The order as text; null where it asks for nothing.</summary>
    /// <param name="replays">Run them again; else forget them.</param>
    /// <param name="letters">Which; null: all.</param>
    public static string? Spell(bool replays, IEnumerable<DeadLetter>? letters)
    {
        var ids = letters is null ? All : string.Join('\n', letters.Select(letter => letter.Id));
        return ids.Length == 0 ? null : $"{(replays ? Replay : Discard)}\n{ids}";
    }
}
