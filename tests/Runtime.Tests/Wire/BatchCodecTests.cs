using Millrace.Data;
using Millrace.Runtime.State;
using Millrace.Serialization;

namespace Millrace.Runtime.Tests.Wire;

public sealed class BatchCodecTests
{
    private static readonly Codec<(long, (long, long))> Rows = new CodecCatalog().Of<(long, (long, long))>();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1024)]
    [InlineData(5000)]
    public void Batches_of_any_size_come_back(int count)
    {
        var rows = Enumerable.Range(0, count).Select(row => ((long)row, (-(long)row, row * 7919L))).ToArray();
        var bytes = Written(rows);

        var batch = Read(bytes);

        Assert.Equal(rows, batch.Rows.ToArray());
        batch.Release();
    }

    [Fact]
    public void The_rows_of_a_full_batch_are_read_into_an_array_of_the_pool()
    {
        const int Times = 100;
        var bytes = Written([.. Enumerable.Range(0, Batch<(long, (long, long))>.FullSize).Select(row => ((long)row, (1L, 2L)))]);
        Read(bytes).Release();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var time = 0; time < Times; time++)
            Read(bytes).Release();

        // A tenth of what the rows take.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, Times * 24 * Batch<(long, (long, long))>.FullSize / 10);
    }

    private static byte[] Written((long, (long, long))[] rows)
    {
        using var writer = new CodecWriter();
        BatchCodec.Write(Batch<(long, (long, long))>.View(rows, 0, rows.Length), Rows, writer);
        return writer.ToArray();
    }

    private static Batch<(long, (long, long))> Read(byte[] bytes)
    {
        var reader = new CodecReader(bytes);
        var batch = BatchCodec.Read(Rows, ref reader);
        reader.ExpectEnd();
        return batch;
    }
}
