using Millrace.Runtime.Cluster;
using Millrace.Runtime.Tests.Support;
using Millrace.Serialization;
using Millrace.TestInputs;

namespace Millrace.Runtime.Tests.Cluster;

public sealed class GreetingTests
{
    private static readonly Greeting Named = new("millrace-é", new(0xC3), new NodeUid(0xD4));

    [Fact]
    public void A_greeting_has_the_bytes_of_its_golden_file_and_is_read_from_them()
    {
        var golden = GoldenFile.Read("data", "greeting", Named.ToBytes());

        Assert.Equal(golden, Named.ToBytes());
        Assert.Equal(Named, Greeting.Read(golden));
        Assert.Null(Greeting.Read((Named with { To = null }).ToBytes()).To);
    }

    [Fact]
    public void Damaged_bytes_are_a_greeting_or_corrupt_and_cost_no_memory() =>
        DamagedBytes.Read(Named.ToBytes(), 2_000, bytes => Greeting.Read(bytes));

    [Fact]
    public void A_greeting_that_is_cut_or_too_long_is_corrupt()
    {
        var bytes = Named.ToBytes();
        for (var end = 0; end < bytes.Length; end++)
            Assert.Throws<CorruptPayloadException>(() => Greeting.Read(bytes.AsSpan(0, end)));
        Assert.Throws<CorruptPayloadException>(() => Greeting.Read((byte[])[.. bytes, 0]));
    }
}
