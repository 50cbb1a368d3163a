using System.Globalization;
using Millrace.Client;
using Millrace.Runtime.Jobs;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class LetterPageTests
{
    private const int Processes = 3;

    private static readonly DeadLetter[] All = [.. Enumerable.Range(0, 1000).Select(Letter)];

    [Fact]
    public void Pages_of_several_processes_hold_every_letter_once_in_order_of_epochs()
    {
        var read = new List<DeadLetter>();
        var pages = 0;
        for (var (place, hasMore) = (LetterPlace.Start, true); hasMore; pages++)
        {
            var page = LetterPage.Merge([.. Enumerable.Range(0, Processes).Select(process => LetterPage.Of(All.Where((_, n) => n % Processes == process), place))]);
            Assert.InRange(page.Letters.Sum(letter => letter.Details.Length), 1, 256 * 1024);
            read.AddRange(page.Letters);
            (place, hasMore) = (LetterPlace.Of(read[^1]), page.HasMore);
        }

        Assert.InRange(pages, 10, 100);
        Assert.Equal(All.Select(letter => letter.Id).Order(StringComparer.Ordinal), read.Select(letter => letter.Id).Order(StringComparer.Ordinal));
        Assert.Equal(read.Select(letter => letter.Epoch.Number).Order(), read.Select(letter => letter.Epoch.Number));
    }

    [Fact]
    public void Keys_and_records_are_text_and_cut()
    {
        var page = LetterPage.Of([Letter(1) with { Key = 7, Record = new string('r', 5000) }, Letter(2)], LetterPlace.Start);

        Assert.Equal("7", page.Letters[0].Key);
        Assert.Equal(new string('r', 4000) + "…", page.Letters[0].Record);
        Assert.Null(page.Letters[1].Key);
        Assert.Equal("2", page.Letters[1].Record);
        Assert.False(page.HasMore);
    }

    [Fact]
    public void A_letter_larger_than_a_page_is_a_page()
    {
        var large = Letter(0) with { Place = new string('p', 1 << 20) };

        var page = LetterPage.Of([large, Letter(1)], LetterPlace.Start);

        Assert.Equal([large.Id], page.Letters.Select(letter => letter.Id));
        Assert.True(page.HasMore);
    }

    private static DeadLetter Letter(int n) => new(
        string.Create(CultureInfo.InvariantCulture, $"{n / 7}.{n % 3}.{n}@map"), new("map"), new(n / 7), "queue", "error", new string('x', 3000), null, n, false, false);
}
