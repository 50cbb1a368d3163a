using Millrace.Data;
using Millrace.Runtime.State;
using Millrace.Serialization;
using Millrace.TestInputs;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>Whatever stands where the rows of a sink should, they are a batch or corrupt, and cost memory for the rows that are there.</summary>
public sealed class BatchCodecFuzzTests
{
    private const int Cases = 5_000;
    private const int ManyRows = 300_000;

    private static readonly CodecCatalog Codecs = new();

    [Fact]
    public void Batches_with_times_and_kinds_of_change()
    {
        var batch = Batch<(string?, int)>.View([("a", 1), (null, 2), ("c", 3)], 0, 3);
        batch.AttachTimes().Fill(5);
        batch.AttachChanges().Fill(ChangeKind.Delete);
        var codec = Codecs.Of<(string?, int)>();
        using var writer = new CodecWriter();
        BatchCodec.Write(batch, codec, writer);

        var corrupt = DamagedBytes.Read(writer.ToArray(), Cases, bytes => Read(codec, bytes));

        Assert.InRange(corrupt, Cases / 4, Cases);
    }

    [Fact]
    public void Rows_and_times_that_are_not_there_cost_no_memory()
    {
        var codec = Codecs.Of<(bool, Guid?)>();
        using var writer = new CodecWriter();
        writer.WriteVarint(ManyRows);
        writer.WriteByte(1);

        // Why 2: the first flag is wrong, and enough bytes are there for all rows that are claimed.
        for (var i = 0; i < ManyRows; i++)
            writer.WriteSpan([2, 2]);
        var bytes = writer.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<CorruptPayloadException>(() => Read(codec, bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (2 * bytes.Length) + DamagedBytes.SlackBytes);
    }

    private static void Read<T>(Codec<T> codec, byte[] bytes)
    {
        var reader = new CodecReader(bytes);
        BatchCodec.Read(codec, ref reader).Release();
        reader.ExpectEnd();
    }
}
