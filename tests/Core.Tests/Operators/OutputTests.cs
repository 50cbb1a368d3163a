using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Core.Tests.Operators;

public sealed class OutputTests
{
    private readonly Listener _listener = new();

    [Fact]
    public void Rows_stay_open_until_the_flush()
    {
        var output = Towards(_listener);
        output.Add(1);
        output.AddRange([2, 3]);

        Assert.Empty(_listener.Batches);
        Assert.Equal(3, output.OpenRows);
        output.Flush();
        output.Flush();

        Assert.Equal([[1, 2, 3]], _listener.Batches);
        Assert.Equal(0, output.OpenRows);
    }

    [Fact]
    public void A_full_batch_goes_on_at_once()
    {
        var output = Towards(_listener);
        for (var row = 0; row < 1024 + 1; row++)
            output.Add(row);

        Assert.Equal([256, 256, 256, 256], _listener.Batches.Select(batch => batch.Length));
        output.AddRange([.. Enumerable.Range(1025, 2000)]);
        output.Flush();

        Assert.Equal(Enumerable.Range(0, 3025), _listener.Batches.SelectMany(batch => batch));
        Assert.All(_listener.Batches, batch => Assert.InRange(batch.Length, 1, 256));
    }

    [Fact]
    public void A_whole_batch_keeps_its_place_behind_open_rows()
    {
        var output = Towards(_listener);
        output.Add(1);
        output.Send(Batch<int>.Of(2, 3));

        Assert.Equal([[1], [2, 3]], _listener.Batches);
    }

    [Fact]
    public void An_empty_batch_is_not_delivered()
    {
        Towards(_listener).Send(Batch<int>.Of());

        Assert.Empty(_listener.Batches);
    }

    [Fact]
    public void Discarded_rows_are_gone()
    {
        var output = Towards(_listener);
        output.Add(1);
        output.Discard();
        output.Add(2);
        output.Flush();

        Assert.Equal([[2]], _listener.Batches);
    }

    [Fact]
    public void Rows_nobody_listens_to_are_dropped()
    {
        var output = Towards(null);
        output.Add(1);
        output.Flush();
        output.Send(Batch<int>.Of(2));

        Assert.Equal(0, output.OpenRows);
    }

    [Fact]
    public void What_the_operator_behind_it_throws_carries_its_name()
    {
        var progress = new OperatorProgress();
        var output = new Output<int>(new Thrower(), new OperatorId("parse"), progress);

        var failure = Assert.Throws<UserFunctionException>(() => output.Send(Batch<int>.Of(1)));

        Assert.Equal("Operator parse threw FormatException: no second line", failure.Message);
        Assert.Equal(new OperatorId("parse"), failure.Operator);
    }

    private static Output<int> Towards(IInput<int>? listener) => new(listener, null, new OperatorProgress());

    private sealed class Listener : IInput<int>
    {
        public List<int[]> Batches { get; } = [];

        public void OnBatch(Batch<int> batch)
        {
            Batches.Add(batch.Rows.ToArray());
            batch.Release();
        }
    }

    private sealed class Thrower : IInput<int>
    {
        public void OnBatch(Batch<int> batch) => throw new FormatException("no\nsecond line");
    }
}
