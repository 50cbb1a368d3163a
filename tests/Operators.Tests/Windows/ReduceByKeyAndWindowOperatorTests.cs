using CsCheck;

namespace Millrace.Operators.Windows;

public sealed class ReduceByKeyAndWindowOperatorTests() : OperatorTests(typeof(ReduceByKeyAndWindowOperator<,>))
{
    [Fact]
    public void Reduces_the_panes_of_each_key() =>
        For(() => new ReduceByKeyAndWindowOperator<string, int>((x, y) => x + y, null, 2, 1))
            .Feed(("a", 1), ("a", 3))
            .ExpectNothing()
            .EndEpoch()
            .Expect(("a", 4))
            .Feed(("a", 1), ("b", 1))
            .EndEpoch()
            .ExpectAnyOrder(("a", 5), ("b", 1))
            .EndEpoch()
            .ExpectAnyOrder(("a", 1), ("b", 1))
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void Slides_by_more_than_a_batch() =>
        For(() => new ReduceByKeyAndWindowOperator<string, int>((x, y) => x + y, (x, y) => x - y, 4, 2))
            .Feed(("a", 1)).EndEpoch().ExpectNothing().Feed(("a", 2)).EndEpoch()
            .Expect(("a", 3))
            .Feed(("a", 3)).EndEpoch().Feed(("a", 4)).EndEpoch()
            .Expect(("a", 10))
            .Feed(("a", 5)).EndEpoch().Feed(("a", 6)).EndEpoch()
            .Expect(("a", 18))
            .EndEpoch().EndEpoch()
            .Expect(("a", 11))
            .Run();

    [Fact]
    public void Keeps_a_dead_key_with_an_inverse() =>
        For(() => new ReduceByKeyAndWindowOperator<string, int>((x, y) => x + y, (x, y) => x - y, 1, 1))
            .Feed(("a", 1)).EndEpoch().EndEpoch().EndEpoch()
            .Expect(("a", 1), ("a", 0), ("a", 0))
            .Run();

    [Fact]
    public void Forgets_a_key_that_the_filter_refuses() =>
        For(() => new ReduceByKeyAndWindowOperator<string, int>((x, y) => x + y, (x, y) => x - y, 2, 1, (_, value) => value != 0))
            .Feed(("a", 1)).EndEpoch()
            .Expect(("a", 1))
            .EndEpoch()
            .Expect(("a", 1))
            .EndEpoch().EndEpoch()
            .ExpectNothing()
            .Feed(("a", 5)).EndEpoch()
            .Expect(("a", 5))
            .Run();

    [Fact]
    public void Starts_a_forgotten_key_from_the_panes_it_still_has() =>
        For(() => new ReduceByKeyAndWindowOperator<string, int>((x, y) => x + y, (x, y) => x - y, 3, 1, (_, value) => value != 0))
            .Feed(("a", 2)).EndEpoch().Expect(("a", 2))
            .Feed(("a", -2)).EndEpoch().ExpectNothing()
            .EndEpoch().ExpectNothing()
            .EndEpoch().Expect(("a", -2))
            .EndEpoch().ExpectNothing()
            .Run();

    [Fact]
    public void Takes_the_old_panes_out_before_it_adds_the_new_ones() =>
        For(() => new ReduceByKeyAndWindowOperator<string, string>(
                (x, y) => $"({x}+{y})", (x, y) => $"({x}-{y})", 2, 2))
            .Feed(("a", "1"), ("a", "2")).EndEpoch().Feed(("a", "3")).EndEpoch()
            .Expect(("a", "((1+2)+3)"))
            .Feed(("a", "4")).EndEpoch().EndEpoch()
            .Expect(("a", "((((1+2)+3)-((1+2)+3))+4)"))
            .Run();

    [Fact]
    public void Filters_without_an_inverse() =>
        For(() => new ReduceByKeyAndWindowOperator<string, int>((x, y) => x + y, null, 2, 1, (key, value) => key != "b" && value > 1))
            .Feed(("a", 1), ("b", 7)).EndEpoch()
            .ExpectNothing()
            .Feed(("a", 1)).EndEpoch()
            .Expect(("a", 2))
            .Run();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Reduces_a_few_times_a_batch_however_long_the_window(bool hasInverse)
    {
        const int Window = 100;
        const int Epochs = 200;
        var calls = 0;
        int Add(int x, int y)
        {
            calls++;
            return x + y;
        }

        var harness = For(() => new ReduceByKeyAndWindowOperator<string, int>(Add, hasInverse ? (x, y) => x - y : null, Window, 1));
        for (var epoch = 1; epoch <= Epochs; epoch++)
            harness.Feed(("a", epoch)).EndEpoch().Expect(("a", Enumerable.Range(1, epoch).TakeLast(Window).Sum()));
        harness.Run();

        // Eight ways, some of which run an epoch three times.
        Assert.InRange(calls, Epochs, 8 * 3 * 3 * Epochs);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Joins_texts_in_the_order_of_arrival(bool hasInverse) => Gen.Select(Batches.Pairs, Batches.Windows).Sample((batches, window) =>
    {
        var rows = batches.Select(batch => batch.Select(row => (row.Key, Value: $"{row.Value};")).ToArray()).ToArray();
        var seen = new HashSet<string?>();
        Check(
            rows,
            window,
            (key, values) =>
            {
                var isKnown = values.Length > 0 || (hasInverse && seen.Contains(key));
                if (isKnown)
                    seen.Add(key);
                return isKnown ? string.Concat(values) : null;
            },
            () => new ReduceByKeyAndWindowOperator<string?, string>((x, y) => x + y, hasInverse ? (x, y) => Cut(x, y) : null, window.Window, window.Slide));
    }, iter: 200);

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(-2)]
    public void Sums_with_an_inverse_and_a_filter_like_linq(int refused) => Gen.Select(Batches.Pairs, Batches.Windows).Sample((batches, window) =>
    {
        // Refusing values other than 0 leaves dead keys in and puts live ones out.
        bool Passes(int value) => refused < 0 ? value > refused : value != refused;
        var kept = new HashSet<string?>();
        Check(
            batches,
            window,
            (key, values) =>
            {
                var isKnown = kept.Remove(key) || values.Length > 0;
                return isKnown && Passes(values.Sum()) && kept.Add(key) ? values.Sum() : null;
            },
            () => new ReduceByKeyAndWindowOperator<string?, int>((x, y) => x + y, (x, y) => x - y, window.Window, window.Slide, (_, value) => Passes(value)));
    }, iter: 200);

    private static string Cut(string text, string start)
    {
        Assert.StartsWith(start, text, StringComparison.Ordinal);
        return text[start.Length..];
    }

    private void Check<T>((string? Key, T Value)[][] batches, (int Window, int Slide) window, Func<string?, T[], object?> expected, Func<Operator> create)
    {
        var harness = For(create);
        string?[] keys = [.. batches.SelectMany(rows => rows).Select(row => row.Key).Distinct()];
        harness.Play(batches, batch =>
        {
            if (batch % window.Slide != 0)
            {
                harness.ExpectNothing();
                return;
            }

            var rows = Batches.Window(batches, batch, window.Window);
            harness.ExpectAnyOrder([.. keys
                .Select(key => (Key: key, Value: expected(key, [.. rows.Where(row => row.Key == key).Select(row => row.Value)])))
                .Where(row => row.Value is not null)
                .Select(row => (row.Key, (T)row.Value!))]);
        });
    }
}
