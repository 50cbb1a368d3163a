using Millrace.Chaos.Cluster;

namespace Millrace.Chaos.Tests.Runs;

public sealed class ChaosArgumentsTests
{
    [Fact]
    public void A_single_process_is_killed_as_often_as_asked() =>
        Assert.Equal(new SingleOptions { Kills = 7, Seed = 3, Journal = JournalKind.Postgres }, Read("single --kills 7 --seed 3 --journal postgres"));

    [Fact]
    public void Each_fault_of_a_cluster_is_made_as_often_as_asked()
    {
        var options = Assert.IsType<ClusterOptions>(Read("cluster --nodes 4 --kills 5 --faults kill,db --rate 1000"));

        Assert.Equal((4, 1000), (options.Nodes, options.RecordsPerSecond));
        Assert.Equal([new(FaultKind.Kill, 5), new(FaultKind.Db, 5)], options.Faults);
    }

    [Fact]
    public void Without_kinds_a_cluster_is_hit_by_kills() =>
        Assert.Equal([new(FaultKind.Kill, 3)], Assert.IsType<ClusterOptions>(Read("cluster --kills 3")).Faults);

    [Theory]
    [InlineData("")]
    [InlineData("both")]
    [InlineData("single --kills")]
    [InlineData("single --kills 0")]
    [InlineData("single --kills 1 --kills 2")]
    [InlineData("single --faults kill")]
    [InlineData("single --nodes 3")]
    [InlineData("cluster --nodes 1")]
    [InlineData("cluster --faults kill,kill")]
    [InlineData("cluster --faults 1")]
    [InlineData("cluster --faults flood")]
    [InlineData("cluster --journal oracle")]
    public void What_makes_no_sense_is_refused(string line) => Assert.Null(Read(line));

    [Theory]
    [InlineData("single --kills 3 --seed x", "--seed x")]
    [InlineData("cluster --kills 3 --faults flood", "--faults flood")]
    [InlineData("single --rate", "--rate")]
    public void The_option_that_makes_no_sense_is_named(string line, string expected)
    {
        Assert.Null(ChaosArguments.Read(line.Split(' '), out var wrong));
        Assert.Equal(expected, wrong);
    }

    private static ChaosOptions? Read(string line) => ChaosArguments.Read(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), out _);
}
