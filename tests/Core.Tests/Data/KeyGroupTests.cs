using Millrace.Data;

namespace Millrace.Core.Tests.Data;

public sealed class KeyGroupTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(128, 1)]
    [InlineData(128, 2)]
    [InlineData(128, 3)]
    [InlineData(128, 127)]
    [InlineData(128, 128)]
    [InlineData(7, 5)]
    [InlineData(32_768, 1000)]
    public void Groups_are_spread_evenly_and_in_ranges_over_all_partitions(int count, int parallelism)
    {
        var owners = Enumerable.Range(0, count).Select(group => new KeyGroup(group).OwnerOf(count, parallelism).Number).ToArray();

        var sizes = owners.CountBy(owner => owner).Select(pair => pair.Value).ToArray();
        Assert.Equal(parallelism, sizes.Length);
        Assert.InRange(sizes.Max() - sizes.Min(), 0, 1);
        Assert.Equal(owners.Order(), owners);
        Assert.Equal((0, parallelism - 1), (owners[0], owners[^1]));
    }
}
