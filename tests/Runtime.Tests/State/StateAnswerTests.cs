using Millrace.Runtime.State;

namespace Millrace.Runtime.Tests.State;

public sealed class StateAnswerTests
{
    [Fact]
    public void Tables_of_several_processes_are_merged_up_to_where_each_of_them_is_whole()
    {
        var one = StateAnswer.Tables.Of(Counts(0, 1500));
        var other = StateAnswer.Tables.Of(Counts(1, 300));
        Assert.Equal((1000, true), (one.Counts.Length, one.HasMore));
        Assert.Equal((300, false), (other.Counts.Length, other.HasMore));

        var merged = Assert.IsType<StateAnswer.Tables>(StateAnswer.Merge([other, one]));

        Assert.Equal((1000, true), (merged.Counts.Length, merged.HasMore));
        Assert.Equal(Counts(0, 1500).Concat(Counts(1, 300)).Select(count => count.Place).Order().Take(1000), merged.Counts.Select(count => count.Place));
    }

    [Fact]
    public void A_key_is_whoevers_that_has_it_and_was_nobodys_in_the_earliest_epoch()
    {
        StateAnswer.Entries[] none = [new(7, new StateRows.Texts([]), null), new(5, new StateRows.Texts([]), null)];

        Assert.Same(none[1], StateAnswer.Merge(none));
        var found = new StateAnswer.Entries(9, new StateRows.Texts([("a", "1")]), null);
        Assert.Same(found, StateAnswer.Merge([.. none, found]));
        var refused = new StateAnswer.Refused("Why.");
        Assert.Same(refused, StateAnswer.Merge([found, refused]));
    }

    [Fact]
    public void A_place_of_entries_comes_back_from_its_text()
    {
        var place = new EntryPlace(2, 6, 0xF000_0001);

        Assert.Equal("2/6:f0000001", place.ToString());
        Assert.True(EntryPlace.TryParse(place.ToString(), out var read));
        Assert.Equal(place, read);
        foreach (var text in new[] { "", "2", "2/6", "6/6:00000000", "-1/6:0", "2/6:g", "2:6/0", "a/b:0" })
            Assert.False(EntryPlace.TryParse(text, out _), text);
    }

    private static IEnumerable<TableCount> Counts(int partition, int count) =>
        Enumerable.Range(0, count).Select(table => new TableCount(new("sum", $"table {table:d4}", partition), "Int32", "Int64", false, 1, 1));
}
