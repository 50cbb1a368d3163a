using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams.Rdds;

/// <summary>Joins against LINQ, over random partitions; either side may be partitioned already.</summary>
public sealed class JoinTests
{
    [Fact]
    public void Join_pairs_the_values_of_keys_of_both_sides() => Check(
        (left, right, count) => left.Join(right, count),
        (left, right) => left.SelectMany(pair => right.Where(other => other.Key == pair.Key).Select(other => (pair.Key, (pair.Value, other.Value)))));

    [Fact]
    public void LeftOuterJoin_keeps_the_left_side() => Check(
        (left, right, count) => left.LeftOuterJoin(right, count),
        (left, right) => left.SelectMany(pair => OrNone(right, pair.Key).Select(other => (pair.Key, (pair.Value, other)))));

    [Fact]
    public void RightOuterJoin_keeps_the_right_side() => Check(
        (left, right, count) => left.RightOuterJoin(right, count),
        (left, right) => right.SelectMany(pair => OrNone(left, pair.Key).Select(other => (pair.Key, (other, pair.Value)))));

    [Fact]
    public void FullOuterJoin_keeps_both_sides() => Check(
        (left, right, count) => left.FullOuterJoin(right, count),
        (left, right) => left.Concat(right).Select(pair => pair.Key).Distinct()
            .SelectMany(key => OrNone(left, key).SelectMany(one => OrNone(right, key).Select(other => (key, (one, other))))));

    [Fact]
    public void SubtractByKey_keeps_keys_that_the_other_has_not() => Check(
        (left, right, count) => left.SubtractByKey(right, count),
        (left, right) => left.Where(pair => right.All(other => other.Key != pair.Key)));

    [Fact]
    public void CoGroup_gathers_the_values_of_both_sides() => Check(
        (left, right, count) => left.CoGroup(right, count).MapValues(values => Spell(values.Left, values.Right)),
        (left, right) => Keys(left, right).Select(key => (key, Spell(Values(left, key), Values(right, key)))));

    [Fact]
    public void CoGroup_takes_three_and_four() => Gen.Select(Datasets.Pairs, Datasets.Pairs, Datasets.Pairs).Sample((one, two, three) =>
    {
        var (first, second, third) = (Datasets.Of(one), Datasets.Of(two), Datasets.Of(three));

        var ofThree = first.CoGroup(second, third).MapValues(values => Spell(values.First, values.Second, values.Third));
        var ofFour = first.GroupWith(second, third, first).MapValues(values => Spell(values.First, values.Second, values.Third, values.Fourth));

        var (a, b, c) = (one.Flat(), two.Flat(), three.Flat());
        Datasets.AssertSame(Keys(a, b, c).Select(key => (key, Spell(Values(a, key), Values(b, key), Values(c, key)))), ofThree.Collect());
        Datasets.AssertSame(Keys(a, b, c).Select(key => (key, Spell(Values(a, key), Values(b, key), Values(c, key), Values(a, key)))), ofFour.Collect());
    });

    private static void Check<TValue>(
        Func<Rdd<(string? Key, int Value)>, Rdd<(string? Key, int Value)>, int?, Rdd<(string? Key, TValue Value)>> build,
        Func<(string? Key, int Value)[], (string? Key, int Value)[], IEnumerable<(string? Key, TValue Value)>> model) =>
        Gen.Select(Datasets.Pairs, Datasets.Pairs, Datasets.PartitionCounts, Gen.Bool, Gen.Bool).Sample((left, right, count, isLeftPlaced, isRightPlaced) =>
        {
            var (first, second) = (Datasets.Of(left), Datasets.Of(right));
            if (isLeftPlaced)
                first = first.PartitionBy(new HashPartitioner<string?>(count));
            if (isRightPlaced)
                second = second.PartitionBy(new HashPartitioner<string?>(3));
            var expected = model(left.Flat(), right.Flat()).ToArray();

            Datasets.AssertSame(expected, build(first, second, count).Collect());
            Datasets.AssertSame(expected, build(first, second, null).Collect());
        });

    private static IEnumerable<Option<int>> OrNone((string? Key, int Value)[] pairs, string? key) =>
        pairs.Where(pair => pair.Key == key).Select(pair => new Option<int>(pair.Value)).DefaultIfEmpty(Option<int>.None);

    private static IEnumerable<string?> Keys(params (string? Key, int Value)[][] sides) => sides.Flat().Select(pair => pair.Key).Distinct();

    private static IEnumerable<int> Values((string? Key, int Value)[] pairs, string? key) => pairs.Where(pair => pair.Key == key).Select(pair => pair.Value);

    private static string Spell(params IEnumerable<int>[] sides) => string.Join('|', sides.Select(values => string.Join(' ', values)));
}
