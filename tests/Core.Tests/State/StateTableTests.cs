using Millrace.Data;
using Millrace.State;

namespace Millrace.Core.Tests.State;

public sealed class StateTableTests
{
    private sealed class Basket(int id)
    {
        public int Id { get; } = id;

        public List<string> Goods { get; init; } = [];

        public Basket Copy() => new(Id) { Goods = [.. Goods] };

        public override bool Equals(object? obj) => obj is Basket other && other.Id == Id;

        public override int GetHashCode() => Id;
    }

    private sealed record Named(int Id, string Name);

    [Fact]
    public void An_equal_value_written_again_leaves_no_delta()
    {
        AssertNoDelta(7, 7);
        AssertNoDelta("seven", new string("seven".AsSpan()));
        AssertNoDelta((7, "seven"), (7, new string("seven".AsSpan())));
        AssertNoDelta(new Named(7, "seven"), new Named(7, new string("seven".AsSpan())));
        AssertNoDelta(double.NaN, double.NaN);
        AssertNoDelta<int?>(null, null);
    }

    [Fact]
    public void A_value_that_a_reader_can_tell_apart_leaves_a_delta()
    {
        AssertDelta(0.0, -0.0);
        AssertDelta(1.0m, 1.00m);
        AssertDelta((0.0, "x"), (-0.0, "x"));
        AssertDelta(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2026, 1, 1, 1, 0, 0, TimeSpan.FromHours(1)));
        AssertDelta(new Basket(1), new Basket(1) { Goods = ["tea"] });
        AssertDelta<int?>(null, 0);
    }

    [Fact]
    public void An_insert_and_a_delete_in_one_epoch_leave_nothing()
    {
        var table = ValueTable.Create<int, int>("t");
        table.BeginEpoch(1);
        table.Put(1, 1);
        table.Remove(1);
        table.Put(1, 2);
        table.Remove(1);
        Assert.Null(table.CaptureDelta(1));
        Assert.Null(table.CaptureDelta(5));
    }

    [Fact]
    public void Values_changed_in_place_roll_back_and_stay_out_of_old_deltas()
    {
        var table = ValueTable.Create<int, Basket>("t", basket => basket.Copy());
        table.BeginEpoch(1);
        table.Put(1, new Basket(1) { Goods = ["tea"] });
        table.BeginEpoch(2);
        table.GetOrAdd(1, out _).Goods.Add("milk");
        var late = (ValueDelta<int, Basket>)table.CaptureDelta(1)!;
        var last = (ValueDelta<int, Basket>)table.CaptureDelta(2)!;
        table.GetOrAdd(1, out _).Goods.Add("rum");

        table.RollBackTo(1);

        Assert.Equal(["tea"], late.Rows[0].Value.Goods);
        Assert.Equal(["tea", "milk"], last.Rows[0].Value.Goods);
        Assert.True(table.TryGet(1, out var basket));
        Assert.Equal(["tea"], basket.Goods);
        table.BeginEpoch(2);
        table.GetOrAdd(1, out _).Goods.Add("gin");
        Assert.Equal(["tea"], late.Rows[0].Value.Goods);
    }

    [Fact]
    public void A_row_that_throws_is_taken_back_to_its_mark()
    {
        var table = ValueTable.Create<string, int>("t");
        table.BeginEpoch(1);
        table.Merge([("a", 1), ("b", 2)], (x, y) => x + y);
        var mark = table.Mark();
        Assert.Throws<DivideByZeroException>(() => table.Merge([("a", 10), ("c", 1), ("b", 0)], (x, y) => x + (y / y * y)));
        Assert.Equal(3, table.Count);

        table.UndoTo(mark);

        Assert.Equal(2, table.Count);
        Assert.True(table.TryGet("a", out var a));
        Assert.Equal(1, a);
        table.Commit(1);
        Assert.Equal(0, table.UndoEntryCount);
    }

    [Fact]
    public void Growth_is_invisible_to_epochs_in_flight()
    {
        const int keys = 100_000;
        var table = ValueTable.Create<long, long>("t");
        var rows = Enumerable.Range(0, keys).Select(i => (Key: (long)i, Value: 1L)).ToArray();
        table.BeginEpoch(1);
        table.Merge(rows.AsSpan(0, 10), (x, y) => x + y);
        table.BeginEpoch(2);
        table.Merge(rows, (x, y) => x + y);
        table.BeginEpoch(3);
        table.Merge(rows, (x, y) => x + y);
        Assert.Equal(10 + keys + keys, table.UndoEntryCount);
        Assert.Equal(10, table.CaptureDelta(1)!.Count);
        Assert.Equal(keys, table.CaptureDelta(2)!.Count);

        table.RollBackTo(1);

        Assert.Equal(10, table.Count);
        Assert.True(table.TryGet(9, out var nine));
        Assert.Equal(1, nine);
        Assert.False(table.TryGet(10, out _));
    }

    [Fact]
    public void A_transient_table_records_inside_a_mark_only()
    {
        var table = ValueTable.Create<int, int>("t", transient: true);
        table.BeginEpoch(1);
        table.Put(1, 1);
        Assert.Equal(0, table.UndoEntryCount);
        var mark = table.Mark();
        table.Put(1, 2);
        table.Put(2, 2);
        Assert.Equal(2, table.UndoEntryCount);
        table.UndoTo(mark);
        Assert.Equal(0, table.UndoEntryCount);
        Assert.Equal(1, table.Count);
        Assert.True(table.TryGet(1, out var one));
        Assert.Equal(1, one);
        table.Release(table.Mark());
        table.Put(1, 3);
        Assert.Equal(0, table.UndoEntryCount);
        Assert.Null(table.CaptureDelta(1));

        var rows = new (int, int)[1];
        Assert.Equal(1, table.DrainTo(rows));
        Assert.Equal((1, 3), rows[0]);
        Assert.Equal(0, table.Count);

        table.Put(4, 4);
        table.RollBackTo(0);
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void A_slice_kept_as_key_lets_go_of_its_line()
    {
        var table = ValueTable.Create<TextSlice, int>("t");
        table.BeginEpoch(1);
        var line = new string("word ".AsSpan()) + new string('x', 1000);
        table.Put(new TextSlice(line, 0, 4), 1);
        var rows = new (TextSlice Key, int Value)[1];
        table.CopyTo(rows);
        Assert.Equal("word", rows[0].Key.ToString());
        Assert.Same(rows[0].Key.ToString(), rows[0].Key.ToString());
    }

    [Fact]
    public void Changes_outside_an_epoch_are_refused()
    {
        var table = ValueTable.Create<int, int>("t");
        Assert.Throws<InvalidOperationException>(() => table.Put(1, 1));
        table.BeginEpoch(1);
        table.Put(1, 1);
        Assert.Throws<InvalidOperationException>(() => table.BeginEpoch(1));
        Assert.Throws<InvalidOperationException>(() => table.Apply(new ValueDelta<int, int>("t", 1, [new(1, 0, true, 1)])));
        table.Commit(1);
        Assert.Throws<InvalidOperationException>(() => table.Put(1, 2));
        Assert.Equal(1, table.Count);
        table.Clear();
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void Map_fields_follow_a_clear_without_epochs()
    {
        var table = new MapTable<int, int, int>("t");
        table.BeginEpoch(1);
        table.Put(1, 1, 1);
        table.Commit(1);
        table.Clear();
        Assert.Equal(0, table.FieldCount(1));
        table.BeginEpoch(2);
        table.Put(1, 1, 1);
        Assert.Equal(1, table.FieldCount(1));
    }

    [Fact]
    public void A_name_belongs_to_one_table()
    {
        var state = new KeyedState();
        var counts = state.Value<string, int>("counts");
        Assert.Same(counts, state.Value<string, int>("counts"));
        Assert.Same(state.List<int, int>("lists"), state.List<int, int>("lists"));
        Assert.Same(state.Map<int, int, int>("maps"), state.Map<int, int, int>("maps"));
        Assert.Equal(3, state.Tables.Count);
        Assert.Throws<GraphException>(() => state.Value<string, long>("counts"));
        Assert.Throws<GraphException>(() => state.List<string, int>("counts"));
        Assert.Throws<GraphException>(() => state.Value<string, int>("counts", transient: true));
        Assert.Throws<GraphException>(() => state.Value<object, int>("objects"));
    }

    // By looking at one table after the other this took minutes, and so did the start of a window of a day and slides of a second.
    [Fact]
    public void A_table_is_found_by_its_name_among_a_hundred_thousand()
    {
        var state = new KeyedState();
        var names = Enumerable.Range(0, 100_000).Select(pane => $"pane {pane} of windows of 86400 batches every 1").ToArray();
        ScratchList<int>[] tables = [.. names.Select(state.Scratch<int>)];
        Assert.Equal(tables, names.Select(state.Find));
        Assert.Equal(tables, state.Tables);
        Assert.Null(state.Find("pane"));
    }

    private static void AssertNoDelta<TValue>(TValue before, TValue after) => Assert.Null(DeltaOf(before, after));

    private static void AssertDelta<TValue>(TValue before, TValue after) => Assert.Equal(1, DeltaOf(before, after)?.Count);

    private static StateDelta? DeltaOf<TValue>(TValue before, TValue after)
    {
        var table = ValueTable.Create<int, TValue>("t");
        table.BeginEpoch(1);
        table.Put(1, before);
        table.BeginEpoch(2);
        table.Put(1, after);
        return table.CaptureDelta(2);
    }
}
