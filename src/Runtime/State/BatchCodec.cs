using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Runtime.State;

/// <summary>A batch as bytes: the number of rows, a byte that says which sides it has, the rows one after another, then the sides.</summary>
internal static class BatchCodec
{
    private const byte HasTimes = 1;
    private const byte HasChanges = 2;

    public static void Write<T>(Batch<T> batch, Codec<T> codec, CodecWriter writer)
    {
        writer.WriteVarint((ulong)batch.Count);
        writer.WriteByte((byte)((batch.Times.IsEmpty ? 0 : HasTimes) | (batch.Changes.IsEmpty ? 0 : HasChanges)));
        foreach (var row in batch.Rows)
            codec.Write(writer, row);
        foreach (var time in batch.Times)
            writer.WriteFixed64((ulong)time);
        foreach (var change in batch.Changes)
            writer.WriteByte((byte)change);
    }

    /// <exception cref="CorruptPayloadException">The bytes are no batch.</exception>
    public static Batch<T> Read<T>(Codec<T> codec, ref CodecReader reader)
    {
        var count = reader.ReadLength(Math.Max(1, codec.Schema.BytesMin));
        var sides = reader.ReadByte();
        if (sides > (HasTimes | HasChanges))
            throw new CorruptPayloadException($"Sides of a batch expected at byte {reader.Position - 1}, {sides} found; use another copy.");
        var batch = count <= Batch<T>.FullSize ? ReadRows(codec, ref reader, count) : ReadManyRows(codec, ref reader, count);
        if ((sides & HasTimes) != 0)
        {
            var times = new CodecReader(reader.ReadSpan((int)Math.Min((long)count * sizeof(long), int.MaxValue)));
            foreach (ref var time in batch.AttachTimes())
                time = (long)times.ReadFixed64();
        }

        if ((sides & HasChanges) != 0)
        {
            var changes = new CodecReader(reader.ReadSpan(count));
            foreach (ref var change in batch.AttachChanges())
                change = KindOf(changes.ReadByte());
        }

        return batch;
    }

    // Why rented: of records that go from one process to another the arrays were more than half of what was allocated.
    private static Batch<T> ReadRows<T>(Codec<T> codec, ref CodecReader reader, int count)
    {
        var batch = Batch<T>.Rent(count);
        foreach (ref var row in batch.Extend(count))
            row = codec.Read(ref reader);
        return batch;
    }

    private static Batch<T> ReadManyRows<T>(Codec<T> codec, ref CodecReader reader, int count)
    {
        var rows = ItemArray.Begin<T>(count, reader.Remaining);
        for (var row = 0; row < count; row++)
        {
            ItemArray.MakeRoom(ref rows, row, count);
            rows[row] = codec.Read(ref reader);
        }

        return Batch<T>.View(rows, 0, rows.Length);
    }

    private static ChangeKind KindOf(byte kind) => kind <= (byte)ChangeKind.Delete
        ? (ChangeKind)kind
        : throw new CorruptPayloadException($"A kind of change up to {(byte)ChangeKind.Delete} expected, {kind} found; use another copy.");
}
