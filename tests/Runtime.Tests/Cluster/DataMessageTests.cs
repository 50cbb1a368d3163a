using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Tests.Support;
using Millrace.Serialization;
using Millrace.TestInputs;
using Millrace.Time;

namespace Millrace.Runtime.Tests.Cluster;

public sealed class DataMessageTests
{
    private const ulong Job = 0x0102030405060708;
    private const int Task = 1;
    private const int Channel = 1;

    private static readonly CodecCatalog Codecs = new();
    private static readonly EdgeCodec Edge = new EdgeCodec<(string?, int)>(Codecs.Of<(string?, int)>());
    private static readonly EdgeCodec[][] Edges = [[Edge], [new EdgeCodec<long>(Codecs.Of<long>()), Edge]];

    private static readonly int[] Outputs = [0, 4];

    private static readonly Dictionary<string, Func<object>> All = new(StringComparer.Ordinal)
    {
        ["batch"] = () => Item(Batch<(string?, int)>.View([("a", 1), (null, -2), ("é", 3)], 0, 3), null),
        ["batch-with-sides"] = () =>
        {
            var batch = Batch<(string?, int)>.View([("a", 1), ("b", 2)], 0, 2);
            batch.AttachTimes().Fill(1_000);
            batch.AttachChanges().Fill(ChangeKind.Delete);
            return Item(batch, null);
        },
        ["barrier"] = () => Item(null, ControlItem.Barrier.Instance),
        ["watermark"] = () => Item(null, new ControlItem.Watermark(new Watermark(-5))),
        ["idle"] = () => Item(null, ControlItem.Idle.Instance),
        ["credit"] = () => new Credit(3, 4, 500),
    };

    public static TheoryData<string> Samples => [.. All.Keys];

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_has_the_bytes_of_its_golden_file_and_is_read_from_them(string name)
    {
        var bytes = Written(All[name]());

        var golden = GoldenFile.Read("data", name, bytes);

        Assert.Equal(golden, bytes);
        Assert.Equal(Job, DataMessage.JobOf(golden));
        var (task, content) = DataMessage.Read(golden, Edges, Outputs);
        Assert.Equal(Task, task);
        Assert.Equal(golden, Written(content));
        if (content is not ChannelItem { Batch: not null })
            Assert.Equal(All[name](), content);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Damaged_bytes_are_a_message_or_corrupt_and_cost_no_memory(string name) =>
        DamagedBytes.Read(Written(All[name]()), 1_500, bytes =>
        {
            DataMessage.JobOf(bytes);
            if (DataMessage.Read(bytes, Edges, Outputs).Content is ChannelItem { Batch: { } batch })
                batch.Release();
        });

    [Theory]
    [MemberData(nameof(Samples))]
    public void A_message_that_is_cut_or_too_long_is_corrupt(string name)
    {
        var bytes = Written(All[name]());
        for (var end = 0; end < bytes.Length; end++)
            Assert.Throws<CorruptPayloadException>(() => DataMessage.Read(bytes.AsSpan(0, end), Edges, Outputs));
        Assert.Throws<CorruptPayloadException>(() => DataMessage.Read((byte[])[.. bytes, 0], Edges, Outputs));
    }

    [Fact]
    public void Rows_that_are_claimed_and_not_there_are_corrupt_before_they_are_made()
    {
        using var claim = new CodecWriter();
        claim.WriteVarint(int.MaxValue);
        var batch = Written(All["batch"]());
        var empty = Written(Item(Batch<(string?, int)>.View([], 0, 0), null));
        byte[] bytes = [.. empty[..^2], .. claim.WrittenSpan, .. batch[(empty.Length - 1)..]];

        DamagedBytes.Cost(DamagedBytes.SlackBytes, () => Assert.Throws<CorruptPayloadException>(() => DataMessage.Read(bytes, Edges, Outputs)));
    }

    [Fact]
    public void Credit_for_an_output_that_is_not_there_is_corrupt() =>
        Assert.Throws<CorruptPayloadException>(() => DataMessage.Read(Written(new Credit(4, 4, 500)), Edges, Outputs));

    private static ChannelItem Item(Batch? batch, ControlItem? control) =>
        new(Channel, 2, 300, new EpochInfo(new Epoch(7), 1_700_000_000_000, -77), batch, control);

    private static byte[] Written(object content)
    {
        using var writer = new CodecWriter();
        if (content is Credit credit)
            DataMessage.Write(writer, Job, Task, credit);
        else
            DataMessage.Write(writer, Job, Task, (ChannelItem)content, Edge);
        return writer.ToArray();
    }
}
