using Millrace.DStreams;
using Millrace.DStreams.Rdds;
using Millrace.Testing;

namespace Millrace.Api.Tests.DStreams;

public sealed class TransformOperatorTests
{
    [Fact]
    public void Calls_the_function_once_a_batch_with_the_partitions_in_their_order() =>
        OperatorHarness.For(() => new TransformOperator<string>(
                [new GatheredInput<int>(), new GatheredInput<int>()],
                (inputs, _) => Rdd.Parallelize(
                    [string.Join(' ', ((Rdd<int>)inputs[0]).Collect()), string.Join(' ', ((Rdd<int>)inputs[1]).Collect())], 2),
                every: 1,
                new LocalRunner(1)))
            .Feed(new PartitionRows<int>(1, 2, [3, 4]))
            .FeedTo(1, new PartitionRows<int>(0, 1, [9]))
            .Feed(new PartitionRows<int>(0, 2, [1, 2]))
            .ExpectNothing()
            .EndEpoch()
            .ExpectThat<PartitionRows<string>>(
                "one row on each of two partitions", found => found is [{ Partition: 0, Partitions: 2, Rows: ["1 2 3 4"] }, { Partition: 1, Partitions: 2, Rows: ["9"] }])
            .EndEpoch()
            .ExpectThat<PartitionRows<string>>("rows of an empty batch", found => found is [{ Rows: [""] }, { Rows: [""] }])
            .Run();
}
