using Millrace.Chaos.Oracle;

namespace Millrace.Chaos.Tests.Oracle;

public sealed class DifferenceTests
{
    [Fact]
    public void Equal_multisets_do_not_differ() => Assert.True(Difference.Of("row", [1, 2, 2], [2, 1, 2]).IsNone);

    [Fact]
    public void What_the_sink_holds_too_rarely_is_lost_as_often_as_it_is_missing()
    {
        var difference = Difference.Of("row", [1, 2, 2, 2], [2]);

        Assert.Equal((3L, 0L, 0L), (difference.Lost, difference.Duplicated, difference.Unexpected));
        Assert.Equal("row: lost 1", difference.Examples[0]);
    }

    [Fact]
    public void What_the_sink_holds_too_often_is_duplicated_as_often_as_it_is_too_many()
    {
        var difference = Difference.Of("row", [1, 2], [1, 2, 2, 2]);

        Assert.Equal((0L, 2L, 0L), (difference.Lost, difference.Duplicated, difference.Unexpected));
    }

    [Fact]
    public void What_the_oracle_never_expects_is_unexpected()
    {
        var difference = Difference.Of("row", [1], [1, 3, 3]);

        Assert.Equal((0L, 0L, 2L), (difference.Lost, difference.Duplicated, difference.Unexpected));
    }

    [Fact]
    public void A_loss_does_not_make_up_for_a_duplicate()
    {
        var difference = Difference.Of("row", [1, 2], [1, 1]);

        Assert.Equal((1L, 1L, 0L), (difference.Lost, difference.Duplicated, difference.Unexpected));
    }

    [Fact]
    public void Differences_add_up()
    {
        var both = Difference.Of("row", [1], []).Plus(Difference.Of("line", ["a"], ["a", "a"]));

        Assert.Equal((1L, 1L, 0L), (both.Lost, both.Duplicated, both.Unexpected));
        Assert.Equal<string>(["row: lost 1", "line: duplicated a"], both.Examples);
    }
}
