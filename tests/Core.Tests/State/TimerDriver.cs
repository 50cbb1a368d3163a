using System.Collections.Immutable;
using System.Globalization;
using Millrace.State;

namespace Millrace.Core.Tests.State;

/// <summary>Timers named time/key, with times around zero; the model fires them from a sorted set.</summary>
internal sealed class TimerDriver : TableDriver
{
    private const int Zero = 100;

    internal override StateTable Create() => new TimerTable<string?>("timers");

    internal override ImmutableSortedDictionary<string, string> Change(
        StateTable table, ImmutableSortedDictionary<string, string> model, Step step)
    {
        var timers = (TimerTable<string?>)table;
        var number = step.Key % 4;
        var key = KeyOf(number);
        var time = step.Value - 8;
        var name = Name(number, time);
        switch (step.Kind)
        {
            case 0:
            case 1:
            case 2:
                Assert.Equal(!model.ContainsKey(name), timers.Register(key, time));
                return model.SetItem(name, "");
            case 3:
                Assert.Equal(model.ContainsKey(name), timers.Delete(key, time));
                return model.Remove(name);
            case 4:
                for (var i = 0; i < step.Key * 4; i++)
                {
                    timers.Register(key, time + i);
                    timers.Delete(key, time + i);
                }

                return model.RemoveRange(Enumerable.Range(time, step.Key * 4).Select(t => Name(number, t)));
            case 5:
                return Fire(timers, model, time);
            case 6:
                return Fire(timers, model, time - 4);
            default:
                if (step.Value % 8 == 0)
                {
                    timers.Clear();
                    return model.Clear();
                }

                return model;
        }
    }

    internal override ImmutableSortedDictionary<string, string> Read(StateTable table)
    {
        var rows = (table.CaptureImage(long.MaxValue) as MapDelta<string?, long, byte>)?.Rows ?? [];
        Assert.Equal(rows.Length, table.Count);
        Assert.Equal(rows.Length == 0 ? null : rows.Min(row => row.Field), ((TimerTable<string?>)table).Earliest);
        return rows.ToImmutableSortedDictionary(row => Name(NumberOf(row.Key), row.Field), _ => "", StringComparer.Ordinal);
    }

    /// <summary>Every third timer registers one two later, which fires too when it is due.</summary>
    private static ImmutableSortedDictionary<string, string> Fire(TimerTable<string?> timers, ImmutableSortedDictionary<string, string> model, long until)
    {
        var expected = new List<(long Time, int Number)>();
        var pending = new SortedSet<(long Time, int Number)>(model.Keys.Select(Parse));
        while (pending.Count > 0 && pending.Min.Time <= until)
        {
            var timer = pending.Min;
            pending.Remove(timer);
            expected.Add(timer);
            if (Repeats(timer))
            {
                pending.Add((timer.Time + 2, timer.Number));
            }
        }

        var fired = new List<(long Time, int Number)>();
        var count = timers.FireUntil(until, (key, time) =>
        {
            var timer = (time, NumberOf(key));
            fired.Add(timer);
            if (Repeats(timer))
            {
                timers.Register(key, time + 2);
            }
        });
        Assert.Equal(expected.Count, count);
        Assert.Equal(expected.Select(timer => timer.Time), fired.Select(timer => timer.Time));
        Assert.Equal(expected, fired.Order());
        return pending.ToImmutableSortedDictionary(timer => Name(timer.Number, timer.Time), _ => "", StringComparer.Ordinal);
    }

    private static bool Repeats((long Time, int Number) timer) => (timer.Time + timer.Number + Zero) % 3 == 0;

    private static string? KeyOf(int number) => number == 0 ? null : $"{number}";

    private static int NumberOf(string? key) => key is null ? 0 : int.Parse(key, CultureInfo.InvariantCulture);

    private static string Name(int number, long time) => string.Create(CultureInfo.InvariantCulture, $"{time + Zero:D4}/{number}");

    private static (long Time, int Number) Parse(string name) =>
        (long.Parse(name.AsSpan(0, 4), CultureInfo.InvariantCulture) - Zero, int.Parse(name.AsSpan(5), CultureInfo.InvariantCulture));
}
