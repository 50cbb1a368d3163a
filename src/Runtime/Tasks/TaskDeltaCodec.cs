using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Checkpoints;
using Millrace.Serialization;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <summary>What a task puts into its process's row for an epoch, and into a snapshot, as bytes.</summary>
/// <remarks>
/// <code>
/// delta = version, batch time, seed, watermarks, position, changed tables, 0 | 1 and the rows that the sink is to write
/// image = version, watermarks, position, whole tables
/// watermarks = merged, channels, (watermark, is idle) of each
/// position = 0 (as before) | 1 and the text of the source's reader, null in other tasks
/// tables = count, (operator, table, length, schemas, rows) of each
/// </code>
/// <para>Everything else that a task holds is scratch, or follows from the plan. Not thread-safe; one per task.</para>
/// </remarks>
internal sealed class TaskDeltaCodec(TaskChain chain, WatermarkMerger watermarks, CodecCatalog codecs)
{
    /// <summary>First byte of deltas and images.</summary>
    public const byte Version = 1;

    private string? _written;
    private int _sizeBytes;

    /// <summary>What the source's reader said at the end of the last epoch that was applied.</summary>
    public string? Position { get; private set; }

    /// <summary>Epochs were taken back: what was said in them was never said.</summary>
    public void RollBack() => _written = null;

    /// <summary>What the epoch that has just ended changed.</summary>
    /// <param name="offset">Where a source's range ended.</param>
    public EncodedDelta Delta(long offset)
    {
        var epoch = chain.Epoch;
        using var writer = Begin();
        writer.WriteFixed64((ulong)epoch.NowMs);
        writer.WriteFixed64((ulong)epoch.Seed);
        watermarks.Write(writer);
        WritePosition(writer, offset, isWhole: false);
        chain.State.WriteDelta(epoch.Epoch, writer, codecs);
        var isStaged = chain.Sink is { IsStaged: true };
        writer.WriteByte(isStaged ? (byte)1 : (byte)0);
        if (isStaged)
            chain.Sink!.WriteRows(epoch.Epoch, writer, codecs);
        return End(writer);
    }

    /// <summary>Everything, as of the end of the epoch that has just ended.</summary>
    /// <param name="offset">Where a source's range ended.</param>
    public EncodedDelta Image(long offset)
    {
        using var writer = Begin();
        watermarks.Write(writer);
        WritePosition(writer, offset, isWhole: true);
        chain.State.WriteImage(chain.Epoch.Epoch, writer, codecs);
        return End(writer);
    }

    /// <summary>Brings the task, which is empty, to where an image was taken.</summary>
    /// <exception cref="CorruptPayloadException">It is no image of this task.</exception>
    public void ApplyImage(Epoch epoch, EncodedDelta image)
    {
        var reader = Open(image);
        watermarks.Restore(ref reader);
        Position = ReadPosition(ref reader);
        chain.State.Apply(epoch, ref reader, codecs);
    }

    /// <summary>Brings the task forward by one committed epoch.</summary>
    /// <exception cref="CorruptPayloadException">It is no delta of this task.</exception>
    public void ApplyDelta(Epoch epoch, EncodedDelta delta)
    {
        var reader = Open(delta);
        reader.ReadFixed64();
        reader.ReadFixed64();
        watermarks.Restore(ref reader);
        Position = ReadPosition(ref reader);
        chain.State.Apply(epoch, ref reader, codecs);
    }

    /// <summary>Gives the sink the rows of an epoch that a process before this one had prepared.</summary>
    /// <exception cref="CorruptPayloadException">It is no delta of this task.</exception>
    public EpochInfo RestoreRows(Epoch epoch, EncodedDelta delta)
    {
        var reader = Open(delta);
        var info = new EpochInfo(epoch, (long)reader.ReadFixed64(), (long)reader.ReadFixed64());
        new WatermarkMerger(watermarks.Channels).Restore(ref reader);
        ReadPosition(ref reader);
        State.TaskState.Skip(ref reader);
        if (reader.ReadByte() != 0)
            chain.Sink!.RestoreRows(epoch, ref reader, codecs);
        return info;
    }

    private static CodecReader Open(EncodedDelta delta)
    {
        var reader = new CodecReader(delta.Bytes.Span);
        var version = reader.ReadByte();
        return version == Version
            ? reader
            : throw new CorruptPayloadException($"Task state of version {Version} expected, of version {version} found; it was written by another version of Millrace.");
    }

    private void WritePosition(CodecWriter writer, long offset, bool isWhole)
    {
        var position = chain.Source?.PositionAt(offset);
        var isKnown = !isWhole && position is not null && ReferenceEquals(position, _written);
        writer.WriteByte(isKnown ? (byte)0 : (byte)1);
        if (!isKnown)
            writer.WriteText(position);
        _written = position;
    }

    private string? ReadPosition(ref CodecReader reader) => reader.ReadByte() == 0 ? Position : reader.ReadText();

    private CodecWriter Begin()
    {
        // Why: the next delta is about as large as the last one.
        var writer = new CodecWriter(_sizeBytes);
        writer.WriteByte(Version);
        return writer;
    }

    private EncodedDelta End(CodecWriter writer)
    {
        _sizeBytes = writer.WrittenCount;
        return new(writer.ToArray());
    }
}
