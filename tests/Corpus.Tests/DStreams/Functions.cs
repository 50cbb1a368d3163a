using Millrace.Data;
using DStreamTime = Millrace.DStreams.Time;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>The functions that cases name by a text.</summary>
internal static class Functions
{
    private static readonly Dictionary<string, Func<string, string>> Maps = new(StringComparer.Ordinal)
    {
        ["toInt"] = row => Text.Of(long.Parse(Text.String(row), System.Globalization.CultureInfo.InvariantCulture)),
        ["x => (x%10,1)"] = row => Text.Pair(Text.Of(Text.Number(row) % 10), "1"),
        ["x => (x,1)"] = row => Text.Pair(row, "1"),
        ["x => (x,\"x\")"] = row => Text.Pair(row, "\"x\""),
        ["x => toString(x)"] = row => Text.Of(row),
        ["x => x + 4"] = row => Text.Of(Text.Number(row) + 4),
        ["x => x + 8"] = row => Text.Of(Text.Number(row) + 8),
    };

    private static readonly Dictionary<string, Func<string, IEnumerable<string>>> Expansions = new(StringComparer.Ordinal)
    {
        ["x => [x, x*2]"] = row => [row, Text.Of(Text.Number(row) * 2)],
        ["split \" \""] = row => Text.String(row).Split(' ').Select(Text.Of),
        ["v => [v, v+10]"] = value => [value, Text.Of(Text.Number(value) + 10)],
    };

    private static readonly Dictionary<string, Func<string, string>> ValueMaps = new(StringComparer.Ordinal)
    {
        ["v => v + 10"] = value => Text.Of(Text.Number(value) + 10),
        ["state => counter"] = state => Text.Items(state)[0],
    };

    private static readonly Dictionary<string, Func<IEnumerable<string>, IEnumerable<string>>> PartitionMaps = new(StringComparer.Ordinal)
    {
        ["it => [sum(it)]"] = rows => [Text.Of(rows.Sum(Text.Number))],
    };

    private static readonly Dictionary<string, Func<DStreamTime, IReadOnlyList<string>, Option<string>, Option<string>>> Updates = new(StringComparer.Ordinal)
    {
        ["(values, state) => Some(sum(values) + (state or 0))"] = Sum,
        ["running sum"] = Sum,
        ["same function per (key, values, state)"] = Sum,
        ["(time, key, values, state) => values nonEmpty ? Some(time.ms + (state or 0)) : Some(state or 0)"] = (time, values, state) =>
            Text.Of((values.Count > 0 ? time.Milliseconds : 0) + Text.Number(state.GetOrElse("0"))),
        ["state {counter, expire}: no values -> expire+=1 else counter+=sum, expire=0; return None when expire==2"] = (_, values, state) =>
        {
            var former = Text.Items(state.GetOrElse("[0,0]")).Select(Text.Number).ToArray();
            var (counter, expire) = values.Count == 0 ? (former[0], former[1] + 1) : (former[0] + values.Sum(Text.Number), 0);
            return expire == 2 ? Option<string>.None : Text.Pair(Text.Of(counter), Text.Of(expire));
        },
    };

    private static readonly Dictionary<string, Func<string, Option<string>, Operators.Keyed.State<string>, Option<string>>> StateMaps = new(StringComparer.Ordinal)
    {
        ["if state exists: remove it, return key; else state := value, return nothing"] = (key, value, state) =>
        {
            if (state.Exists)
            {
                state.Remove();
                return key;
            }

            state.Update(value.Value);
            return Option<string>.None;
        },
        ["if value present: state := 1; if timing out return key (called with no value) else nothing"] = (key, value, state) =>
        {
            if (value.HasValue)
                state.Update("1");
            return state.IsTimingOut && !value.HasValue ? key : Option<string>.None;
        },
        ["running count per key; output = state snapshots"] = (_, _, state) =>
        {
            state.Update(Text.Of(Text.Number(state.GetOption().GetOrElse("0")) + 1));
            return Option<string>.None;
        },
        ["sum = value + (state or 0); state := sum; return (key,sum)"] = (key, value, state) => Text.Pair(key, Add(value, state)),
        ["sum = value + (state or 0); state := sum; return key+key"] = (key, value, state) =>
        {
            Add(value, state);
            return Text.Of(Text.String(key) + Text.String(key));
        },
        ["sum = value + (state or 0); state := sum; return nothing"] = (_, value, state) =>
        {
            Add(value, state);
            return Option<string>.None;
        },
        ["sum = value + (state or 0); state := sum; return sum"] = (_, value, state) => Add(value, state),
    };

    private static readonly Dictionary<string, Func<string, string, string>> Reductions = new(StringComparer.Ordinal)
    {
        ["+"] = (left, right) => Text.Of(Text.Number(left) + Text.Number(right)),
        ["-"] = (left, right) => Text.Of(Text.Number(left) - Text.Number(right)),
    };

    public static Func<string, string> Map(string text) => Find(Maps, text);

    public static Func<string, IEnumerable<string>> Expand(string text) => Find(Expansions, text);

    public static Func<string, string> MapValue(string text) => Find(ValueMaps, text);

    public static Func<IEnumerable<string>, IEnumerable<string>> MapPartition(string text) => Find(PartitionMaps, text);

    public static Func<DStreamTime, IReadOnlyList<string>, Option<string>, Option<string>> Update(string text) => Find(Updates, text);

    public static Func<string, Option<string>, Operators.Keyed.State<string>, Option<string>> MapState(string text) => Find(StateMaps, text);

    public static Func<string, string, string> Reduce(string text) => Find(Reductions, text);

    public static Func<string, bool> Holds(string text) => text switch
    {
        "x % 2 == 0" => row => Text.Number(row) % 2 == 0,
        "value != 0" => value => value != "0",
        _ => throw new AbsentFeatureException($"the predicate {text}"),
    };

    private static Option<string> Sum(DStreamTime time, IReadOnlyList<string> values, Option<string> state) =>
        Text.Of(values.Sum(Text.Number) + Text.Number(state.GetOrElse("0")));

    private static string Add(Option<string> value, Operators.Keyed.State<string> state)
    {
        var sum = Text.Of(Text.Number(value.Value) + Text.Number(state.GetOption().GetOrElse("0")));
        state.Update(sum);
        return sum;
    }

    private static TFunction Find<TFunction>(Dictionary<string, TFunction> functions, string text) =>
        functions.TryGetValue(text, out var function) ? function : throw new AbsentFeatureException($"the function {text}");
}
