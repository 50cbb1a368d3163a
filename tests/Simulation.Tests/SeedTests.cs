using Millrace.Runtime.Protocol;

namespace Millrace.Simulation.Tests;

public sealed class SeedTests
{
    /// <summary>20,000 seeds, or as many as fit into 30 seconds (all of them on two free cores).</summary>
    [Fact]
    public void No_seed_violates_an_invariant()
    {
        var batch = new SimBatch(1, 20_000);

        batch.Run(TimeSpan.FromSeconds(30));

        Assert.True(batch.Violations.Count == 0, batch.Violations.Count == 0 ? "" : $"seed {batch.Violations[0].Seed}: {batch.Violations[0].Message}");
        Assert.True(batch.Runs > 500, $"only {batch.Runs} runs");
        Assert.True(batch.Counters.Snapshots > 0 && batch.Counters.Trimmed > 0 && batch.Counters.Lost > 0 && batch.Counters.Savepoints > 0 && batch.Counters.Orders > 0);
        Assert.True(batch.Counters.Slowdowns > 0 && batch.Counters.SetAside > 0);
        Assert.True(batch.Counters.Kills > 0 && batch.Counters.Takeovers > batch.Runs);
    }

    [Fact]
    public void Two_runs_of_one_seed_have_the_same_trace()
    {
        for (ulong seed = 1; seed <= 50; seed++)
        {
            SimBatch.RunOne(seed, ProtocolFaults.None, out var first);
            SimBatch.RunOne(seed, ProtocolFaults.None, out var second);

            Assert.Equal(first.TraceHash, second.TraceHash);
            Assert.Equal(first.Counters.Events, second.Counters.Events);
        }
    }

    [Fact]
    public void A_trace_shows_the_elements_of_lists()
    {
        var lines = new List<string>();

        SimBatch.RunOne(1, ProtocolFaults.None, out _, lines.Add);

        Assert.Contains(lines, line => line.Contains("Generation = [1, ", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("ImmutableArray", StringComparison.Ordinal) || line.Contains("[]`", StringComparison.Ordinal));
    }

    /// <summary>The checker is worth something only if it finds what is wrong on purpose, and says which invariant it broke.</summary>
    [Theory]
    [InlineData("ActBeforePlanDurable", "I1")]
    [InlineData("CommitBeforeAllAcks", "I2")]
    [InlineData("AcceptAckFromFormerOwner", "I2")]
    [InlineData("AcceptOlderGeneration", "I3")]
    [InlineData("SkipGap", "I3")]
    [InlineData("SkipUndoOnSurvivor", "I3")]
    [InlineData("FreeUndoWhenDurable", "I3")]
    [InlineData("SinkIgnoresPreviousWatermark", "I4")]
    [InlineData("UnknownWriteIsSuccess", "I2")]
    [InlineData("SealOnlyLatestPredecessor", "I2")]
    [InlineData("StopOneStreamTooEarly", "I2")]
    [InlineData("NameImageOfAnotherGeneration", "I8")]
    [InlineData("TrimBeforeSinksApplied", "I9")]
    [InlineData("TrimBeyondSnapshot", "I9")]
    [InlineData("TrimFormerSnapshot", "I9")]
    [InlineData("RestoreIgnoresRows", "I3")]
    [InlineData("RereadVolatileRange", "I10")]
    [InlineData("ForgetLostRecords", "I10")]
    [InlineData("SnapshotWhileCopying", "I11")]
    [InlineData("LastSavepointTooEarly", "I14")]
    [InlineData("LastPollTakesIn", "I10")]
    [InlineData("ForgetAppliedEpochs", "The job failed")]
    [InlineData("PlaceApart", "I12")]
    [InlineData("IgnoreCutOff", "I6")]
    [InlineData("OfferTasksToStragglers", "I13")]
    [InlineData("BuryStragglers", "I13")]
    [InlineData("ForgetAttempts", "I2")]
    [InlineData("LeaveSourcesDrained", "I6")]
    public void A_mutant_is_caught(string name, string invariant)
    {
        var batch = new SimBatch(1, 20_000, Enum.Parse<ProtocolFaults>(name), stopsAtFirst: true);

        batch.Run();

        Assert.NotEmpty(batch.Violations);
        Assert.StartsWith($"{invariant}: ", batch.Violations[0].Message, StringComparison.Ordinal);
    }

    /// <summary>Race 26: with a single credit per channel, resent items must not wait for each other in a circle.</summary>
    [Fact]
    public void Resend_while_the_receiver_is_blocked_on_another_channel_needs_no_more_than_one_credit()
    {
        for (ulong seed = 1; seed <= 200; seed++)
        {
            var options = new SimOptions { Nodes = 3, Sources = 3, Stage1 = 3, Stage2 = 2, Credit = 1, Faults = 6, OnlyResets = true };
            var cluster = new SimCluster(seed, options: options);

            cluster.Run();

            Assert.True(cluster.Checker.LastCommitted > 0);
        }
    }

    [Fact]
    public void Without_faults_nothing_is_raised_but_the_first_attempt()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            var cluster = new SimCluster(seed, options: new SimOptions { HasSecondPipeline = true });

            cluster.Run();

            Assert.Equal(1, cluster.Counters.Attempts);
        }
    }
}
