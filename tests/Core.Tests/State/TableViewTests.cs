using Millrace.State;

namespace Millrace.Core.Tests.State;

public sealed class TableViewTests
{
    [Fact]
    public void Pages_go_on_where_they_ended_though_the_table_grows_meanwhile()
    {
        var table = ValueTable.Create<int, int>("t");
        table.BeginEpoch(1);
        for (var key = 0; key < 1000; key++)
            table.Put(key, key);
        table.Commit(1);
        table.BeginEpoch(2);
        var view = View<int, int>(table);
        var read = new List<int>();
        for (uint? from = 0; from is { } position;)
        {
            var page = new List<(uint Position, int Key, int Value)>();
            from = view.Read(1, position, 10, page);
            Assert.InRange(page.Count, 0, 30);
            read.AddRange(page.Select(entry => entry.Key));
            for (var more = 0; more < 100; more++)
                table.Put(10_000 + (read.Count * 1000) + more, 0);
        }

        Assert.Equal(Enumerable.Range(0, 1000), read.Order());
    }

    [Fact]
    public void A_page_of_a_table_that_an_epoch_in_flight_has_emptied_is_no_larger()
    {
        var table = ValueTable.Create<int, int>("t");
        table.BeginEpoch(1);
        for (var key = 0; key < 1000; key++)
            table.Put(key, key);
        table.Commit(1);
        table.BeginEpoch(2);
        table.Clear();
        table.Put(7, 70);
        var view = View<int, int>(table);

        var page = new List<(uint Position, int Key, int Value)>();
        var next = view.Read(1, 0, 10, page);

        Assert.Equal(10, page.Count);
        Assert.NotNull(next);
        Assert.Equal(1000, view.Count(1));
        Assert.True(view.TryGet(7, 1, out var before));
        Assert.Equal(7, before);
        Assert.Equal(1, view.Count(2));
    }

    [Fact]
    public void Values_changed_in_place_are_shown_as_they_were()
    {
        var table = ValueTable.Create<int, List<int>>("t", clone: list => [.. list]);
        table.BeginEpoch(1);
        table.Put(1, [1]);
        table.Commit(1);
        table.BeginEpoch(2);
        table.GetOrAdd(1, out _).Add(2);

        Assert.True(View<int, List<int>>(table).TryGet(1, 1, out var value));
        Assert.Equal([1], value);
    }

    [Fact]
    public void What_is_shown_may_be_another_value_and_nothing_at_all()
    {
        var table = ValueTable.Create<string, (int Count, long AtMs)>("t");
        table.BeginEpoch(1);
        table.Put("a", (3, 1000));

        table.ShowAs((key, value, epoch) => $"{key} {value.Count} at {epoch}");

        Assert.True(View<string, string>(table).TryGet("a", 1, out var shown));
        Assert.Equal("a 3 at 1", shown);
        Assert.Equal((typeof(string), typeof(string)), (table.View!.KeyType, table.View.ValueType));
        table.Hide();
        Assert.Null(table.View);
        Assert.Null(ValueTable.Create<int, int>("scratch", transient: true).View);
        Assert.Null(new TimerTable<int>("timers").View);
    }

    private static TableView<TKey, TValue> View<TKey, TValue>(StateTable table) => Assert.IsAssignableFrom<TableView<TKey, TValue>>(table.View);
}
