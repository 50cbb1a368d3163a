using System.Globalization;
using Millrace.Client;
using Millrace.Data;

namespace Millrace.Runtime.Tasks;

/// <summary>What a user asks of dead letters, as it stands in a plan: a verb and the request's id, then ids of letters or <c>*</c> for all, each on a line of its own.</summary>
/// <param name="Request">By which it is known again; none in plans of versions that had none.</param>
/// <param name="Replays">Run them again; else forget them.</param>
/// <param name="Ids">Which; null: all.</param>
internal sealed record LetterOrder(RequestUid Request, bool Replays, IReadOnlySet<string>? Ids)
{
    private const string Replay = "replay";
    private const string Discard = "discard";
    private const string All = "*";

    /// <summary>Whether it asks for a letter.</summary>
    public bool Names(string id) => Ids is null || Ids.Contains(id);

    public static LetterOrder Parse(string text) => TryParse(text)
        ?? throw new CorruptCheckpointException($"An order to replay or to discard dead letters expected in the plan, '{text.Split('\n')[0]}' found; it was written by another version of Millrace.");

    /// <summary>Reads an order; null where it is none.</summary>
    public static LetterOrder? TryParse(string text)
    {
        var lines = text.Split('\n');
        var words = lines[0].Split(' ');
        var id = 0UL;
        if (lines.Length < 2 || words[0] is not (Replay or Discard) || words.Length > 2
            || (words.Length == 2 && !ulong.TryParse(words[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out id)))
            return null;
        return new(new RequestUid(id), words[0] == Replay, lines[1] == All ? null : lines[1..].ToHashSet(StringComparer.Ordinal));
    }

    /// <summary>The order as text; null where it asks for nothing.</summary>
    /// <param name="request">By which it is known again.</param>
    /// <param name="replays">Run them again; else forget them.</param>
    /// <param name="letters">Which; null: all.</param>
    public static string? Spell(RequestUid request, bool replays, IEnumerable<DeadLetter>? letters)
    {
        var ids = letters is null ? All : string.Join('\n', letters.Select(letter => letter.Id));
        return ids.Length == 0 ? null : $"{(replays ? Replay : Discard)} {request}\n{ids}";
    }
}
