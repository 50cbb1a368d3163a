using Millrace.Data;
using Millrace.State;

namespace Millrace.Core.Tests.State;

public sealed class TimerTableTests
{
    private readonly TimerTable<string?> _timers = new("timers");

    public TimerTableTests() => _timers.BeginEpoch(1);

    [Fact]
    public void Timers_fire_in_order_of_time_up_to_the_bound()
    {
        Assert.Null(_timers.Earliest);
        Register(("a", 30), ("b", 10), ("c", 20), ("d", 21));
        Assert.Equal(10, _timers.Earliest);
        Assert.Equal([("b", 10), ("c", 20)], Fire(20));
        Assert.Equal(21, _timers.Earliest);
        Assert.Empty(Fire(20));
        Assert.Equal([("d", 21), ("a", 30)], Fire(30));
        Assert.Null(_timers.Earliest);
        Assert.Equal(0, _timers.Count);
    }

    [Fact]
    public void A_timer_is_there_once()
    {
        Assert.True(_timers.Register("a", 10));
        Assert.False(_timers.Register("a", 10));
        Assert.True(_timers.Register("a", 11));
        Assert.True(_timers.Register("b", 10));
        Assert.Equal(3, _timers.Count);
        Assert.Equal(3, Fire(11).Count);
        Assert.True(_timers.Register("a", 10));
        Assert.Equal([("a", 10)], Fire(11));
    }

    [Fact]
    public void A_deleted_timer_does_not_fire()
    {
        Register(("a", 10), ("b", 20));
        Assert.True(_timers.Delete("a", 10));
        Assert.False(_timers.Delete("a", 10));
        Assert.False(_timers.Delete("b", 10));
        Assert.Equal(20, _timers.Earliest);
        Assert.True(_timers.Register("b", 10));
        Assert.True(_timers.Delete("b", 10));
        Assert.True(_timers.Register("b", 10));
        Assert.Equal([("b", 10), ("b", 20)], Fire(99));
    }

    [Fact]
    public void Timers_moved_again_and_again_fire_once()
    {
        for (var time = 0; time < 10_000; time++)
        {
            _timers.Delete("session", time - 1);
            _timers.Register("session", time);
        }

        Assert.Equal([("session", 9_999)], Fire(long.MaxValue));
    }

    [Fact]
    public void A_timer_registered_or_deleted_while_firing_counts_at_once()
    {
        Register(("a", 10), ("b", 30));
        var fired = new List<(string?, long)>();
        var count = _timers.FireUntil(30, (key, time) =>
        {
            Assert.False(_timers.Delete(key, time));
            fired.Add((key, time));
            if (time == 10)
            {
                _timers.Delete("b", 30);
                Register(("late", 5), ("a", 20), ("a", 31));
            }
        });

        Assert.Equal(3, count);
        Assert.Equal([("a", 10), ("late", 5), ("a", 20)], fired);
        Assert.Equal(31, _timers.Earliest);
        Assert.Equal(1, _timers.Count);
    }

    [Fact]
    public void Every_time_and_a_null_key_are_valid()
    {
        Register(("a", long.MaxValue), (null, 0), ("a", -5), (null, long.MinValue));
        Assert.False(_timers.Register(null, 0));
        Assert.Equal(long.MinValue, _timers.Earliest);
        Assert.Equal([(null, long.MinValue)], Fire(long.MinValue));
        Assert.Equal([("a", -5), (null, 0)], Fire(long.MaxValue - 1));
        Assert.Equal([("a", long.MaxValue)], Fire(long.MaxValue));
    }

    [Fact]
    public void Registered_fired_and_deleted_timers_roll_back_over_two_epochs()
    {
        Register(("fired", 10), ("deleted", 20), ("kept", 30));
        _timers.BeginEpoch(2);
        Assert.Equal([("fired", 10)], Fire(10));
        Register(("new", 5));
        _timers.BeginEpoch(3);
        _timers.Delete("deleted", 20);
        Assert.Equal([("new", 5), ("kept", 30)], Fire(30));

        _timers.RollBackTo(2);
        Assert.Equal(5, _timers.Earliest);
        _timers.BeginEpoch(3);
        Assert.Equal([("new", 5), ("deleted", 20), ("kept", 30)], Fire(30));

        _timers.RollBackTo(1);
        Assert.Equal(3, _timers.Count);
        _timers.BeginEpoch(2);
        Assert.Equal([("fired", 10), ("deleted", 20), ("kept", 30)], Fire(30));
    }

    [Fact]
    public void A_timer_whose_call_throws_is_there_again_after_its_mark()
    {
        Register(("a", 10), ("b", 20));
        var mark = _timers.Mark();
        Assert.Throws<DivideByZeroException>(() => _timers.FireUntil(20, (_, time) =>
        {
            if (time == 20)
            {
                Register(("later", 25));
                throw new DivideByZeroException();
            }
        }));
        Assert.Equal(25, _timers.Earliest);

        _timers.UndoTo(mark);

        Assert.Equal(10, _timers.Earliest);
        Assert.Equal([("a", 10), ("b", 20)], Fire(99));
    }

    [Fact]
    public void A_table_restored_by_deltas_fires_the_same()
    {
        Register(("a", 10), ("b", 20), (null, 30));
        _timers.BeginEpoch(2);
        Assert.Equal([("a", 10)], Fire(10));
        Register(("a", 25), ("gone", 26));
        _timers.Delete("gone", 26);
        var restored = new TimerTable<string?>("timers");
        Assert.Null(restored.Earliest);
        restored.Apply(_timers.CaptureDelta(1)!);
        Assert.Equal(10, restored.Earliest);
        var second = _timers.CaptureDelta(2)!;
        Assert.Equal(2, second.Count);
        restored.Apply(second);
        restored.BeginEpoch(3);

        Assert.Equal(Fire(_timers, 99), Fire(restored, 99));
        Assert.Equal(3, restored.UndoEntryCount);
    }

    [Fact]
    public void A_timer_is_in_the_key_group_of_its_key()
    {
        Register(("a", 1), ("a", 2), ("a", 3), ("a", 4));
        var groups = _timers.CaptureDelta(1)!.SplitByOwner(128, 128);
        Assert.Equal(4, groups[KeyType<string?>.Default.KeyGroupOf("a", 128)]!.Count);
    }

    [Fact]
    public void A_commit_frees_the_undo_lists()
    {
        Register(("a", 10), ("b", 20));
        _timers.BeginEpoch(2);
        Fire(10);
        Assert.Equal(3, _timers.UndoEntryCount);
        _timers.Commit(2);
        Assert.Equal(0, _timers.UndoEntryCount);
        Assert.Equal(20, _timers.Earliest);
        Assert.Throws<InvalidOperationException>(() => _timers.Register("c", 5));
        Assert.Equal(20, _timers.Earliest);
    }

    [Fact]
    public void A_cleared_table_fires_nothing_until_rolled_back()
    {
        Register(("a", 10));
        _timers.BeginEpoch(2);
        _timers.Clear();
        Assert.Empty(Fire(99));
        _timers.RollBackTo(1);
        _timers.BeginEpoch(2);
        Assert.Equal([("a", 10)], Fire(99));
    }

    [Fact]
    public void A_name_gives_the_same_table_and_is_taken_for_other_types()
    {
        var state = new KeyedState();
        var timers = state.Timers<string>("t");
        Assert.Same(timers, state.Timers<string>("t"));
        Assert.Same(timers, Assert.Single(state.Tables));
        Assert.Throws<GraphException>(() => state.Timers<int>("t"));
        Assert.Throws<GraphException>(() => state.Value<string, int>("t"));
    }

    private static List<(string? Key, long TimeMs)> Fire(TimerTable<string?> timers, long until)
    {
        var fired = new List<(string? Key, long TimeMs)>();
        Assert.Equal(timers.FireUntil(until, (key, time) => fired.Add((key, time))), fired.Count);
        return fired;
    }

    private List<(string? Key, long TimeMs)> Fire(long until) => Fire(_timers, until);

    private void Register(params ReadOnlySpan<(string? Key, long TimeMs)> timers)
    {
        foreach (var (key, time) in timers)
        {
            Assert.True(_timers.Register(key, time));
        }
    }
}
