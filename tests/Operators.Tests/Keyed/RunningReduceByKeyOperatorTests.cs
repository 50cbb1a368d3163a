using CsCheck;

namespace Millrace.Operators.Keyed;

public sealed class RunningReduceByKeyOperatorTests() : OperatorTests(typeof(RunningReduceByKeyOperator<,>))
{
    [Fact]
    public void Gives_the_keys_of_each_epoch_once_with_their_new_totals() =>
        For(() => new RunningReduceByKeyOperator<string, int>((left, right) => left + right))
            .Feed(("a", 1), ("b", 2), ("a", 3))
            .Feed(("a", 1))
            .ExpectNothing()
            .EndEpoch()
            .ExpectAnyOrder(("a", 5), ("b", 2))
            .Feed(("b", 1), ("c", 1))
            .EndEpoch()
            .ExpectAnyOrder(("b", 3), ("c", 1))
            .EndEpoch()
            .ExpectNothing()
            .Feed(("a", 1))
            .EndEpoch()
            .Expect(("a", 6))
            .Run();

    [Fact]
    public void Gives_a_key_whose_total_stayed_the_same() =>
        For(() => new RunningReduceByKeyOperator<string, int>((left, right) => left + right))
            .Feed(("a", 1), ("b", 1))
            .EndEpoch()
            .ExpectAnyOrder(("a", 1), ("b", 1))
            .Feed(("a", 0))
            .EndEpoch()
            .Expect(("a", 1))
            .Run();

    [Fact]
    public void Takes_more_keys_than_a_batch_holds()
    {
        var rows = Enumerable.Range(0, 5000).Select(row => (row, 1)).ToArray();

        For(() => new RunningReduceByKeyOperator<int, int>((left, right) => left + right))
            .Feed(rows)
            .EndEpoch()
            .ExpectAnyOrder(rows)
            .Feed(rows)
            .EndEpoch()
            .ExpectAnyOrder([.. rows.Select(row => (row.row, 2))])
            .Run();
    }

    [Fact]
    public void Keeps_totals_like_a_dictionary() => Words.Epochs.Sample(epochs =>
    {
        var harness = For(() => new RunningReduceByKeyOperator<string, int>((left, right) => left + right));
        var totals = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var batches in epochs)
        {
            var counted = Words.Count([.. batches.SelectMany(batch => batch)]);
            foreach (var (word, count) in counted)
                totals[word] = totals.GetValueOrDefault(word) + count;
            foreach (var batch in batches)
                harness.Feed(batch);
            harness.EndEpoch().ExpectAnyOrder([.. counted.Select(pair => (pair.Item1, totals[pair.Item1]))]);
        }

        harness.Run();
    }, iter: 300);
}
