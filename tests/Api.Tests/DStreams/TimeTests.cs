using Millrace.Data;
using Millrace.DStreams;
using BatchTime = Millrace.DStreams.Time;

namespace Millrace.Api.Tests.DStreams;

public sealed class TimeTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Times_are_reckoned_with_as_in_spark()
    {
        var time = new BatchTime(3500);

        Assert.Equal(new BatchTime(4500), time + Second);
        Assert.Equal(new BatchTime(2500), time - Second);
        Assert.Equal(Second, time - new BatchTime(2500));
        Assert.Equal(new BatchTime(3000), time.Floor(Second));
        Assert.Equal(new BatchTime(3200), time.Floor(Second, new BatchTime(200)));
        Assert.Equal(new BatchTime(-1000), new BatchTime(-1).Floor(Second));
        Assert.True(new BatchTime(3000).IsMultipleOf(Second));
        Assert.False(time.IsMultipleOf(Second));
        Assert.Equal([new BatchTime(1000), new BatchTime(2000)], new BatchTime(1000).Until(new(3000), Second));
        Assert.Equal([new BatchTime(1000), new BatchTime(2000), new BatchTime(3000)], new BatchTime(1000).To(new(3000), Second));
        Assert.Equal(2 * Second, new Interval(new(1000), new(3000)).Duration);
        Assert.Throws<GraphException>(() => time.Floor(TimeSpan.Zero));
        Assert.Throws<GraphException>(() => time + TimeSpan.FromTicks(1));
    }
}
