using CsCheck;

namespace Millrace.Operators.Keyed;

public sealed class ReduceByKeyOperatorTests() : OperatorTests(typeof(ReduceByKeyOperator<,>))
{
    [Fact]
    public void Reduces_the_values_of_each_key_in_order() =>
        For(() => new ReduceByKeyOperator<string, string>((left, right) => left + right))
            .Feed(("a", "1"), ("b", "2"), ("a", "3"))
            .Feed(("a", "4"))
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder(("a", "134"), ("b", "2"))
            .Run();

    [Fact]
    public void Forgets_the_keys_of_the_epoch_before() =>
        For(() => new ReduceByKeyOperator<string, int>((left, right) => left + right))
            .Feed(("a", 1), ("b", 1))
            .EndEpoch()
            .ExpectAnyOrder(("a", 1), ("b", 1))
            .Feed(("b", 5))
            .EndEpoch()
            .Expect(("b", 5))
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Takes_null_as_a_key_and_as_a_value() =>
        For(() => new ReduceByKeyOperator<string?, string?>((left, right) => left + right))
            .Feed<(string?, string?)>((null, "x"), (null, null), ("a", null))
            .EndEpoch()
            .ExpectAnyOrder<(string?, string?)>((null, "x"), ("a", null))
            .Run();

    [Fact]
    public void Counts_the_words_of_combined_partitions_like_a_dictionary() => Gen.Select(Words.Rows.Array[0, 60], Words.Rows.Array[0, 60], Gen.Int)
        .Sample((left, right, seed) =>
        {
            // CombineByKeyOperatorTests hold that a partition gives just this.
            var combined = Words.Count(left).Concat(Words.Count(right)).ToArray();
            new Random(seed).Shuffle(combined);

            For(() => new ReduceByKeyOperator<string, int>((a, b) => a + b))
                .Feed(combined)
                .EndEpoch()
                .ExpectAnyOrder(Words.Count([.. left, .. right]))
                .Run();
        }, iter: 300);
}
