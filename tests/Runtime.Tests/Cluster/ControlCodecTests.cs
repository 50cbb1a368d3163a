using System.Reflection;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tests.Support;
using Millrace.Serialization;
using Millrace.TestInputs;

namespace Millrace.Runtime.Tests.Cluster;

public sealed class ControlCodecTests
{
    public static TheoryData<string> Samples => [.. ControlSamples.All.Select(sample => sample.Name)];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_has_the_bytes_of_its_golden_file_and_is_read_from_them(string name)
    {
        var message = SampleOf(name);

        var golden = GoldenFile.Read("control", name, ControlCodec.Encode(message));

        Assert.Equal(golden, ControlCodec.Encode(message));
        var read = ControlCodec.Decode(golden);
        Assert.Equal(message.GetType(), read.GetType());
        Assert.Equal(golden, ControlCodec.Encode(read));
    }

    [Fact]
    public void Every_message_has_a_golden_file() =>
        Assert.Equal(
            typeof(ControlMessages).GetNestedTypes(BindingFlags.NonPublic)
                .Where(type => type.BaseType == typeof(ControlMessages.ToProcess) || type.BaseType == typeof(ControlMessages.ToCoordinator))
                .Select(type => type.Name).Order(),
            ControlSamples.All.Select(sample => sample.Message.GetType().Name).Distinct().Order());

    [Fact]
    public void Fields_come_back_where_they_were()
    {
        var sample = (ControlMessages.Heartbeat)SampleOf("heartbeat");
        Assert.Equivalent(sample, ControlCodec.Decode(ControlCodec.Encode(sample)), strict: true);
        var references = (ControlMessages.References)SampleOf("references");
        Assert.Equivalent(references, ControlCodec.Decode(ControlCodec.Encode(references)), strict: true);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Damaged_bytes_are_a_message_or_corrupt_and_cost_no_memory(string name) =>
        DamagedBytes.Read(ControlCodec.Encode(SampleOf(name)), 1_100, bytes => ControlCodec.Decode(bytes));

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_that_is_cut_or_too_long_is_corrupt(string name)
    {
        var bytes = ControlCodec.Encode(SampleOf(name));
        for (var end = 0; end < bytes.Length; end++)
            Assert.Throws<CorruptPayloadException>(() => ControlCodec.Decode(bytes.AsMemory(0, end)));
        Assert.Throws<CorruptPayloadException>(() => ControlCodec.Decode((byte[])[.. bytes, 0]));
    }

    private static object SampleOf(string name) => ControlSamples.All.Single(sample => sample.Name == name).Message;
}
