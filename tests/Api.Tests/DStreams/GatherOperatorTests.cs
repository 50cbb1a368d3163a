using Millrace.DStreams;
using Millrace.Testing;

namespace Millrace.Api.Tests.DStreams;

public sealed class GatherOperatorTests
{
    [Fact]
    public void Gives_the_rows_of_each_due_batch_as_one_value_also_when_there_are_none() =>
        OperatorHarness.For(() => new GatherOperator<string>(every: 2))
            .EndEpoch()
            .ExpectNothing()
            .Feed("a", "b")
            .Feed("c")
            .EndEpoch()
            .ExpectThat<PartitionRows<string>>("a, b, c of one partition", found => found is [{ Partition: 0, Partitions: 1, Rows: ["a", "b", "c"] }])
            .EndEpoch()
            .ExpectNothing()
            .EndEpoch()
            .ExpectThat<PartitionRows<string>>("no rows of one partition", found => found is [{ Partition: 0, Partitions: 1, Rows: [] }])
            .Run();
}
