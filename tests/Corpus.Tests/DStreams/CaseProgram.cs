using System.Text.Json.Nodes;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>Builds the streams of a case from its operations. Pairs are rows of two items between operations.</summary>
internal sealed class CaseProgram(JsonObject test, IReadOnlyDictionary<string, DStream<string>> inputs)
{
    private readonly TimeSpan _batch = BatchOf(test);

    /// <summary>The states behind the last <c>mapWithState</c>, if the case has one.</summary>
    public DStream<string>? Snapshots { get; private set; }

    /// <summary>The batch interval of a case. <value>Default 1 s.</value></summary>
    public static TimeSpan BatchOf(JsonObject test) => TimeSpan.FromMilliseconds((long?)test["batchMs"] ?? 1000);

    public DStream<string> Build() => BuildAll()[^1];

    /// <summary>The stream of each operation.</summary>
    public IReadOnlyList<DStream<string>> BuildAll()
    {
        var streams = new List<DStream<string>>();
        foreach (var operation in test["ops"]!.AsArray())
            streams.Add(Apply(streams.Count == 0 ? inputs.Values.First() : streams[^1], operation!.AsArray()));
        return streams;
    }

    private DStream<string> Apply(DStream<string> stream, JsonArray operation)
    {
        var name = (string)operation[0]!;
        return name switch
        {
            "textFileStream" => stream,
            _ when name.StartsWith("fileStream: ", StringComparison.Ordinal) => stream,
            "checkpoint" => stream.Checkpoint(Duration(1)),
            "map" => stream.Map(Functions.Map(Word(1))),
            "flatMap" => stream.FlatMap(Functions.Expand(Word(1))),
            "filter" => stream.Filter(Functions.Holds(Word(1))),
            "glom" => stream.Glom().Map(Text.List),
            "mapPartitions" => stream.MapPartitions(Functions.MapPartition(Word(1))),
            "repartition" => stream.Repartition((int)operation[1]!),
            "count" => stream.Count().Map(Text.Of),
            "countByValue" => Rows(stream.CountByValue().MapValues(Text.Of)),
            "reduce" => stream.Reduce(Functions.Reduce(Word(1))),
            "mapValues" => Rows(Pairs(stream).MapValues(Functions.MapValue(Word(1)))),
            "flatMapValues" => Rows(Pairs(stream).FlatMapValues(Functions.Expand(Word(1)))),
            "groupByKey" => Rows(Pairs(stream).GroupByKey().MapValues(Text.List)),
            "reduceByKey" => Rows(Pairs(stream).ReduceByKey(Functions.Reduce(Word(1)))),
            "window" => stream.Window(Duration(1), Duration(2)),
            "countByWindow" => stream.CountByWindow(Duration(1), Duration(2)).Map(Text.Of),
            "countByValueAndWindow" => Rows(stream.CountByValueAndWindow(Duration(1), Duration(2)).MapValues(Text.Of)),
            "groupByKeyAndWindow" => Rows(Pairs(stream).GroupByKeyAndWindow(Duration(1), Duration(2)).MapValues(Text.List)),
            "reduceByWindow" => stream.ReduceByWindow(Functions.Reduce(Word(1)), Duration(2), Duration(3)),
            "reduceByKeyAndWindow" => ReduceByKeyAndWindow(Pairs(stream), operation),
            "updateStateByKey" => UpdateState(Pairs(stream), Word(1)),
            "updateStateByKey (iterator form)" => UpdateAllStates(Pairs(stream), Word(1)),
            "mapWithState" => MapWithState(Pairs(stream), Word(1)),
            "transform" => Transform(stream, Word(1)),
            "transform union of 3 RDDs" => stream.Context.Transform(Operands(), (rdds, _) => Rdd.Union([.. rdds])),
            "transformWith rdd1.union(rdd2)" => Operands()[0].TransformWith(Operands()[1], (left, right) => left.Union(right)),
            "transformWith rdd1.join(rdd2)" => Rows(Pairs(Operands()[0]).TransformWith(
                Pairs(Operands()[1]), (left, right) => left.Join(right).MapValues(values => Text.Pair(values.Item1, values.Item2)))),
            "union" => stream.Context.Union(Operands()),
            "join" => Rows(Pairs(Operands()[0]).Join(Pairs(Operands()[1])).MapValues(values => Text.Pair(values.Left, values.Right))),
            "leftOuterJoin" => Rows(Pairs(Operands()[0]).LeftOuterJoin(Pairs(Operands()[1])).MapValues(values => Text.Pair(values.Left, OrNull(values.Right)))),
            "rightOuterJoin" => Rows(Pairs(Operands()[0]).RightOuterJoin(Pairs(Operands()[1])).MapValues(values => Text.Pair(OrNull(values.Left), values.Right))),
            "fullOuterJoin" => Rows(Pairs(Operands()[0]).FullOuterJoin(Pairs(Operands()[1])).MapValues(values => Text.Pair(OrNull(values.Left), OrNull(values.Right)))),
            "cogroup" => Rows(Pairs(Operands()[0]).CoGroup(Pairs(Operands()[1])).MapValues(values => Text.Pair(Text.List(values.Left), Text.List(values.Right)))),
            _ => throw new AbsentFeatureException($"the operation {name}"),
        };

        string Word(int index) => (string)operation[index]!;

        TimeSpan Duration(int index) => DurationOf(operation[index]!);

        DStream<string>[] Operands() => [.. operation[1]!.AsArray().Select(text => Operand((string)text!))];
    }

    /// <summary><c>s</c>, or <c>map s: function</c>.</summary>
    private DStream<string> Operand(string text)
    {
        if (inputs.TryGetValue(text, out var input))
            return input;
        var colon = text.IndexOf(": ", StringComparison.Ordinal);
        return inputs[text["map ".Length..colon]].Map(Functions.Map(text[(colon + 2)..]));
    }

    /// <summary>Milliseconds, or <c>4 batches</c>.</summary>
    private TimeSpan DurationOf(JsonNode duration) => duration.GetValueKind() == System.Text.Json.JsonValueKind.Number
        ? TimeSpan.FromMilliseconds((long)duration)
        : _batch * int.Parse(((string)duration!).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);

    private DStream<string> ReduceByKeyAndWindow(DStream<(string Key, string Value)> pairs, JsonArray operation)
    {
        var inverse = operation[2] is { } text ? Functions.Reduce((string)text!) : null;
        Func<string, string, bool>? filter = null;
        if (operation.Count > 5)
        {
            var holds = Functions.Holds((string)operation[5]!["filter"]!);
            filter = (_, value) => holds(value);
        }

        return Rows(pairs.ReduceByKeyAndWindow(
            Functions.Reduce((string)operation[1]!), inverse, DurationOf(operation[3]!), DurationOf(operation[4]!), filter: filter));
    }

    private DStream<string> UpdateState(DStream<(string Key, string Value)> pairs, string function)
    {
        var update = Functions.Update(function);
        return Rows(pairs.UpdateStateByKey<string, string, string>((time, _, values, state) => update(time, values, state), InitialStates()));
    }

    private DStream<string> UpdateAllStates(DStream<(string Key, string Value)> pairs, string function)
    {
        var update = Functions.Update(function);
        return Rows(pairs.UpdateStateByKey<string, string, string>(
            entries => entries
                .Select(entry => (entry.Key, State: update(default, entry.Values, entry.State)))
                .Where(entry => entry.State.HasValue)
                .Select(entry => (entry.Key, entry.State.Value)),
            InitialStates()));
    }

    private DStream<string> MapWithState(DStream<(string Key, string Value)> pairs, string function)
    {
        var map = Functions.MapState(function);
        var spec = StateSpec.Function<string, string, string, string>((_, key, value, state) => map(key, value, state));
        if (InitialStates() is { } states)
            spec = spec.InitialState(states);
        if (test["timeoutMs"] is { } timeoutMs)
            spec = spec.Timeout(TimeSpan.FromMilliseconds((long)timeoutMs));
        var mapped = pairs.MapWithState(spec);
        Snapshots = Rows(mapped.StateSnapshots());
        return function.EndsWith("output = state snapshots", StringComparison.Ordinal) ? Snapshots : mapped;
    }

    private static DStream<string> Transform(DStream<string> stream, string function) => function switch
    {
        "rdd => null" => stream.Transform<string>(_ => null!),
        "rdd => rdd.map(toString)" => stream.Transform(rdd => rdd.Map(Functions.Map("x => toString(x)"))),
        _ => throw new AbsentFeatureException($"the function {function}"),
    };

    private List<(string Key, string State)>? InitialStates() => test["initialState"] is { } states
        ? [.. states.AsArray().Select(pair => Text.AsPair(Text.Of(pair)))]
        : null;

    private static string OrNull(Option<string> value) => value.GetOrElse("null");

    private static DStream<(string Key, string Value)> Pairs(DStream<string> rows) => rows.Map(Text.AsPair);

    private static DStream<string> Rows(DStream<(string Key, string Value)> pairs) => pairs.Map(pair => Text.Pair(pair.Key, pair.Value));
}
