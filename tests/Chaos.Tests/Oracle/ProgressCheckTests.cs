using Millrace.Chaos.Oracle;

namespace Millrace.Chaos.Tests.Oracle;

public sealed class ProgressCheckTests
{
    private readonly ProgressCheck _check = new();

    [Fact]
    public void Numbers_that_stay_or_grow_are_no_violation()
    {
        _check.Follow("a", 1);
        _check.Follow("a", 1);
        _check.Follow("a", 5);
        _check.Follow("b", 0);

        Assert.Empty(_check.Violations);
    }

    [Fact]
    public void A_step_back_is_a_violation()
    {
        _check.Follow("a", 5);
        _check.Follow("a", 4);

        Assert.Equal(["a: 5 or more expected, 4 found."], _check.Violations);
    }

    [Fact]
    public void A_watermark_that_is_gone_is_a_violation()
    {
        _check.Follow(new Dictionary<string, long> { ["a"] = 5 });
        _check.Follow(new Dictionary<string, long> { ["b"] = 1 });

        Assert.Equal(["a: 5 or more expected, none found."], _check.Violations);
    }
}
