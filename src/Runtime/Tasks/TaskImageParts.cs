using Millrace.Runtime.Checkpoints;
using Millrace.Serialization;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <summary>A task's image taken apart, its tables still as bytes; see <see cref="TaskDeltaCodec"/> for the format.</summary>
/// <param name="Watermark">The merged watermark.</param>
/// <param name="Position">What the source's reader said; null in other tasks.</param>
/// <param name="Tables">The rows of tables; several pieces of one are applied one after the other.</param>
internal sealed record TaskImageParts(Watermark Watermark, string? Position, IReadOnlyList<TaskImageParts.Table> Tables)
{
    /// <param name="Operator">Id of the operator.</param>
    /// <param name="Name">Name of the table.</param>
    /// <param name="Rows">Schemas and rows.</param>
    internal sealed record Table(string Operator, string Name, ReadOnlyMemory<byte> Rows);

    /// <exception cref="CorruptPayloadException">It is no image.</exception>
    public static TaskImageParts Read(EncodedDelta image)
    {
        var reader = new CodecReader(image.Bytes.Span);
        if (reader.ReadByte() is var version && version != TaskDeltaCodec.Version)
            throw new CorruptPayloadException($"Task state of version {TaskDeltaCodec.Version} expected, of version {version} found; it was written by another version of Millrace.");
        var watermark = new Watermark((long)reader.ReadFixed64());
        for (var channels = reader.ReadLength(); channels > 0; channels--)
        {
            reader.ReadFixed64();
            reader.ReadByte();
        }

        var position = reader.ReadByte() == 0 ? null : reader.ReadText();
        var tables = new Table[reader.ReadLength()];
        for (var table = 0; table < tables.Length; table++)
            tables[table] = new(reader.ReadText()!, reader.ReadText()!, reader.ReadSpan((int)reader.ReadFixed32()).ToArray());
        return new(watermark, position, tables);
    }

    /// <summary>The image of a task with so many input channels, all of which stand at the watermark.</summary>
    public EncodedDelta Write(int channels)
    {
        var merger = new WatermarkMerger(channels);
        for (var channel = 0; channel < channels; channel++)
            merger.Advance(channel, Watermark);
        using var writer = new CodecWriter();
        writer.WriteByte(TaskDeltaCodec.Version);
        merger.Write(writer);
        writer.WriteByte(1);
        writer.WriteText(Position);
        writer.WriteVarint((ulong)Tables.Count);
        foreach (var table in Tables)
        {
            writer.WriteText(table.Operator);
            writer.WriteText(table.Name);
            var length = writer.ReserveFixed32();
            writer.WriteSpan(table.Rows.Span);
            writer.PatchLength(length);
        }

        return new(writer.ToArray());
    }
}
