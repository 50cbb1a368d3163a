using Millrace.DStreams;

namespace Millrace.Testing.Tests.Models;

/// <summary>Joins, of batches and of windows.</summary>
public sealed class JoinModelTests
{
    private static readonly Form[] OfBatches =
    [
        new("join", ["join"],
            s => (s.By is { } by ? s.Left.Join(s.Right, by) : s.Left.Join(s.Right, s.Partitions)).Map(pair => $"{pair.Key}={pair.Value}"),
            past => from l in past.Left from r in past.Right where l.Key == r.Key select $"{l.Key}={(l.Value, r.Value)}"),
        new("leftOuterJoin", ["leftOuterJoin"],
            s => (s.By is { } by ? s.Left.LeftOuterJoin(s.Right, by) : s.Left.LeftOuterJoin(s.Right, s.Partitions)).Map(pair => $"{pair.Key}={pair.Value.Left} {pair.Value.Right}"),
            past => from l in past.Left from r in Options(past.Right, l.Key) select $"{l.Key}={l.Value} {r}"),
        new("rightOuterJoin", ["rightOuterJoin"],
            s => (s.By is { } by ? s.Left.RightOuterJoin(s.Right, by) : s.Left.RightOuterJoin(s.Right, s.Partitions)).Map(pair => $"{pair.Key}={pair.Value.Left} {pair.Value.Right}"),
            past => from r in past.Right from l in Options(past.Left, r.Key) select $"{r.Key}={l} {r.Value}"),
        new("fullOuterJoin", ["fullOuterJoin"],
            s => (s.By is { } by ? s.Left.FullOuterJoin(s.Right, by) : s.Left.FullOuterJoin(s.Right, s.Partitions)).Map(pair => $"{pair.Key}={pair.Value.Left} {pair.Value.Right}"),
            past => from key in Keys(past) from l in Options(past.Left, key) from r in Options(past.Right, key) select $"{key}={l} {r}"),
        new("coGroup", ["cogroup"],
            s => (s.By is { } by ? s.Left.CoGroup(s.Right, by) : s.Left.CoGroup(s.Right, s.Partitions)).Map(pair => $"{Text.Of(pair.Key, pair.Value.Left)}|{Text.Of(pair.Key, pair.Value.Right)}"),
            past => Keys(past).Select(key => $"{Text.Of(key, Values(past.Left, key))}|{Text.Of(key, Values(past.Right, key))}")),
    ];

    private static readonly Form[] Forms = [.. OfBatches, .. OfBatches.Select(form => form.OnWindows())];

    public static TheoryData<string> Names => [.. Forms.Select(form => form.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public Task Whatever_fails_a_join_gives_what_its_model_gives(string form) => FailureModel.CheckAsync(Array.Find(Forms, one => one.Name == form)!);

    private static IEnumerable<int> Keys(Past past) => past.Left.Concat(past.Right).Select(row => row.Key).Distinct();

    private static IEnumerable<int> Values((int Key, int Value)[] rows, int key) => rows.Where(row => row.Key == key).Select(row => row.Value);

    private static IEnumerable<string> Options((int Key, int Value)[] rows, int key) => Values(rows, key).Select(value => $"Some({value})").DefaultIfEmpty("None");
}
