using System.Collections.Immutable;
using Millrace.Client;
using Millrace.Data;

namespace Millrace.Runtime.Jobs;

/// <summary>Some of the dead letters of a job, in order of their places, as they cross to another process: keys and records as text.</summary>
/// <param name="Letters">They.</param>
/// <param name="HasMore">Whether others stand behind the last of them.</param>
internal sealed record LetterPage(ImmutableArray<DeadLetter> Letters, bool HasMore)
{
    private const int TextMax = 4000;
    private const int CharactersMax = 256 * 1024;

    /// <summary>The first ones behind a place; at least one if there is any.</summary>
    public static LetterPage Of(IEnumerable<DeadLetter> letters, LetterPlace after)
    {
        var behind = letters.Where(letter => LetterPlace.Of(letter).CompareTo(after) > 0).OrderBy(LetterPlace.Of).ToArray();
        var (page, characters) = (ImmutableArray.CreateBuilder<DeadLetter>(), 0);
        foreach (var letter in behind)
        {
            var crossing = letter with { Key = TextOf(letter.Key), Record = TextOf(letter.Record) };
            characters += SizeOf(crossing);
            if (page.Count > 0 && characters > CharactersMax)
                break;
            page.Add(crossing);
        }

        return new(page.ToImmutable(), page.Count < behind.Length);
    }

    /// <summary>One page of several: only up to where each of them is whole.</summary>
    public static LetterPage Merge(IReadOnlyCollection<LetterPage> pages)
    {
        var unfinished = pages.Where(page => page.HasMore).Select(page => LetterPlace.Of(page.Letters[^1])).ToArray();
        var letters = pages.SelectMany(page => page.Letters);
        if (unfinished.Length == 0)
            return Of(letters, LetterPlace.Start);
        var end = unfinished.Min();
        return Of(letters.Where(letter => LetterPlace.Of(letter).CompareTo(end) <= 0), LetterPlace.Start) with { HasMore = true };
    }

    private static object? TextOf(object? value) => value is null ? null : UserText.OfValue(value, TextMax);

    private static int SizeOf(DeadLetter letter) =>
        letter.Id.Length + letter.Operator.Name.Length + letter.Place.Length + letter.Error.Length + letter.Details.Length
        + ((string?)letter.Key ?? "").Length + ((string?)letter.Record ?? "").Length;
}
