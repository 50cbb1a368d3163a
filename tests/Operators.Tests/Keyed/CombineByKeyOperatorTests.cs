using CsCheck;
using Millrace.Testing;

namespace Millrace.Operators.Keyed;

public sealed class CombineByKeyOperatorTests() : OperatorTests(typeof(CombineByKeyOperator<,>))
{
    [Fact]
    public void Gives_each_key_once_an_epoch() =>
        For(() => new CombineByKeyOperator<string, int>((left, right) => left + right))
            .Feed(("a", 1), ("b", 1), ("a", 1))
            .Feed(("a", 1))
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder(("a", 3), ("b", 1))
            .Feed(("b", 7))
            .EndEpoch()
            .Expect(("b", 7))
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Passes_rows_through_while_keys_hardly_repeat_and_combines_again_in_the_next_epoch()
    {
        // 6000 keys, each twice: distinct while sampled, so that the second half is not combined.
        var rows = Enumerable.Range(0, 12_000).Select(row => (row % 6000, 1)).ToArray();

        For(() => new CombineByKeyOperator<int, int>((left, right) => left + right))
            .Feed(rows)
            .ExpectThat<(int, int)>("rows before the end of the epoch", found => found.Count > 0)
            .EndEpoch()
            .ExpectThat<(int, int)>("nothing left for the end of the epoch", found => found.Count == 0)
            .Feed((1, 1), (1, 1))
            .EndEpoch()
            .Expect((1, 2))
            .Run();
    }

    [Fact]
    public void Rows_passed_through_reduce_to_the_same()
    {
        var rows = Enumerable.Range(0, 12_000).Select(row => (row % 6000, row)).ToArray();

        For(() => new CombineByKeyOperator<int, int>((left, right) => left + right))
            .Then(() => new ReduceByKeyOperator<int, int>((left, right) => left + right))
            .Feed(rows)
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder([.. Enumerable.Range(0, 6000).Select(key => (key, key + key + 6000))])
            .Run();
    }

    [Fact]
    public void Combines_where_the_sample_repeats()
    {
        var rows = Enumerable.Range(0, 10_000).Select(row => (row % 100, 1)).ToArray();

        For(() => new CombineByKeyOperator<int, int>((left, right) => left + right))
            .Feed(rows)
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder([.. Enumerable.Range(0, 100).Select(key => (key, 100))])
            .Run();
    }

    [Fact]
    public void Empties_its_table_early_when_it_holds_65536_keys()
    {
        // Repeats first, so that the sample does not switch combining off.
        (int, int)[] rows = [.. Enumerable.Repeat((-1, 1), 4096), .. Enumerable.Range(0, 70_000).Select(row => (row, 1))];

        For(() => new CombineByKeyOperator<int, int>((left, right) => left + right))
            .Feed(rows)
            .ExpectThat<(int, int)>("at least 65,536 keys before the end of the epoch", found => found.Count is >= 65_536 and < 70_001)
            .EndEpoch()
            .ExpectThat<(int, int)>("the other keys at the end of the epoch", found => found.Count is > 0 and <= 70_001 - 65_536)
            .Run();
    }

    [Fact]
    public void More_keys_than_its_table_holds_reduce_to_the_same()
    {
        (int, int)[] rows =
        [
            .. Enumerable.Repeat((-1, 1), 4096),
            .. Enumerable.Range(0, 70_000).Select(row => (row, 1)),
            .. Enumerable.Range(0, 70_000).Select(row => (row, 2)),
        ];

        For(() => new CombineByKeyOperator<int, int>((left, right) => left + right))
            .Then(() => new ReduceByKeyOperator<int, int>((left, right) => left + right))
            .Feed(rows)
            .EndEpoch()
            .ExpectAnyOrder([(-1, 4096), .. Enumerable.Range(0, 70_000).Select(key => (key, 3))])
            .Run();
    }

    [Fact]
    public void Gives_the_words_of_a_partition_like_a_dictionary() => Words.Epochs.Sample(epochs =>
    {
        var harness = For(() => new CombineByKeyOperator<string, int>((left, right) => left + right));
        Script(harness, epochs).Run();
    }, iter: 300);

    [Fact]
    public void Counts_words_with_a_reduce_behind_it_like_a_dictionary() => Words.Epochs.Sample(epochs =>
    {
        var harness = For(() => new CombineByKeyOperator<string, int>((left, right) => left + right))
            .Then(() => new ReduceByKeyOperator<string, int>((left, right) => left + right));
        Script(harness, epochs).Run();
    }, iter: 300);

    private static OperatorHarness Script(OperatorHarness harness, (string, int)[][][] epochs)
    {
        foreach (var batches in epochs)
        {
            foreach (var batch in batches)
                harness.Feed(batch);
            harness.EndEpoch().ExpectAnyOrder(Words.Count([.. batches.SelectMany(batch => batch)]));
        }

        return harness;
    }
}
