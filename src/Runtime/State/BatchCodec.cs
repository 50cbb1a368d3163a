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
        var rows = ItemArray.Begin<T>(count, reader.Remaining);
        for (var row = 0; row < count; row++)
        {
            ItemArray.MakeRoom(ref rows, row, count);
            rows[row] = codec.Read(ref reader);
        }

        var batch = Batch<T>.View(rows, 0, rows.Length);
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

    private static ChangeKind KindOf(byte kind) => kind <= (byte)ChangeKind.Delete
        ? (ChangeKind)kind
        : throw new CorruptPayloadException($"A kind of change up to {(byte)ChangeKind.Delete} expected, {kind} found; use another copy.");
}
