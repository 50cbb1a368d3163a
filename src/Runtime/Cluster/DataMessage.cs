using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Serialization;
using Millrace.Time;

namespace Millrace.Runtime.Cluster;

/// <summary>What passes between tasks as bytes: an item, or credit.</summary>
/// <remarks>
/// <code>
/// kind (1), job (8), task; an item: channel, generation, sequence, epoch, now (8), seed (8), and its batch, watermark or nothing
///                          credit:  output, generation, batches
/// </code>
/// Numbers are varints where no width is given.
/// </remarks>
internal static class DataMessage
{
    private enum Kind : byte
    {
        Batch = 1,
        Barrier = 2,
        Watermark = 3,
        Idle = 4,
        Credit = 5,
    }

    /// <param name="to">Where it is written.</param>
    /// <param name="job">The job.</param>
    /// <param name="task">The receiving task.</param>
    /// <param name="item">The item.</param>
    /// <param name="codec">That of the channel's edge.</param>
    public static void Write(CodecWriter to, ulong job, int task, ChannelItem item, EdgeCodec codec)
    {
        var kind = item.Control switch
        {
            null => Kind.Batch,
            ControlItem.Barrier => Kind.Barrier,
            ControlItem.Watermark => Kind.Watermark,
            _ => Kind.Idle,
        };
        Begin(to, kind, job, task);
        to.WriteVarint((uint)item.Channel);
        to.WriteVarint((uint)item.Generation);
        to.WriteVarint((ulong)item.Sequence);
        to.WriteVarint((ulong)item.Epoch.Epoch.Number);
        to.WriteFixed64(unchecked((ulong)item.Epoch.NowMs));
        to.WriteFixed64(unchecked((ulong)item.Epoch.Seed));
        if (item.Batch is { } batch)
            codec.Write(batch, to);
        else if (item.Control is ControlItem.Watermark watermark)
            to.WriteFixed64(unchecked((ulong)watermark.At.TimestampMs));
    }

    /// <param name="to">Where it is written.</param>
    /// <param name="job">The job.</param>
    /// <param name="task">The sending task, which gets the credit.</param>
    /// <param name="credit">The credit.</param>
    public static void Write(CodecWriter to, ulong job, int task, Credit credit)
    {
        Begin(to, Kind.Credit, job, task);
        to.WriteVarint((uint)credit.Output);
        to.WriteVarint((uint)credit.Generation);
        to.WriteVarint((uint)credit.Batches);
    }

    /// <summary>The job that a message is for.</summary>
    /// <exception cref="CorruptPayloadException">The bytes are no message.</exception>
    public static ulong JobOf(ReadOnlySpan<byte> message)
    {
        var from = new CodecReader(message);
        from.ReadByte();
        return from.ReadFixed64();
    }

    /// <summary>Reads a message: an item or credit, and the task that it is for.</summary>
    /// <param name="message">The bytes.</param>
    /// <param name="codecs">By task and input channel.</param>
    /// <param name="outputs">How many output channels each task has.</param>
    /// <exception cref="CorruptPayloadException">The bytes are no message for a task of the job.</exception>
    public static (int Task, object Content) Read(ReadOnlySpan<byte> message, EdgeCodec[][] codecs, int[] outputs)
    {
        var from = new CodecReader(message);
        var kind = (Kind)from.ReadByte();
        from.ReadFixed64();
        var task = Index(ref from, codecs.Length);
        object content = kind switch
        {
            Kind.Credit => new Credit(Index(ref from, outputs[task]), Number(ref from), Number(ref from)),
            >= Kind.Batch and <= Kind.Idle => ReadItem(kind, ref from, codecs[task]),
            _ => throw new CorruptPayloadException($"A batch, control item or credit expected, kind {(byte)kind} found; see whether the nodes run the same version."),
        };
        from.ExpectEnd();
        return (task, content);
    }

    private static ChannelItem ReadItem(Kind kind, ref CodecReader from, EdgeCodec[] codecs)
    {
        var channel = Index(ref from, codecs.Length);
        var generation = Number(ref from);
        var sequence = (long)from.ReadVarint();
        var epoch = (long)from.ReadVarint();
        if (sequence < 0 || epoch < 0)
            throw new CorruptPayloadException($"The number of an item and of its epoch expected, {sequence} and {epoch} found; see whether the nodes run the same version.");
        var info = new EpochInfo(new Epoch(epoch), unchecked((long)from.ReadFixed64()), unchecked((long)from.ReadFixed64()));
        return kind switch
        {
            Kind.Batch => new(channel, generation, sequence, info, codecs[channel].Read(ref from), null),
            Kind.Barrier => new(channel, generation, sequence, info, null, ControlItem.Barrier.Instance),
            Kind.Watermark => new(channel, generation, sequence, info, null, new ControlItem.Watermark(new Watermark(unchecked((long)from.ReadFixed64())))),
            _ => new(channel, generation, sequence, info, null, ControlItem.Idle.Instance),
        };
    }

    private static void Begin(CodecWriter to, Kind kind, ulong job, int task)
    {
        to.WriteByte((byte)kind);
        to.WriteFixed64(job);
        to.WriteVarint((uint)task);
    }

    private static int Number(ref CodecReader from)
    {
        var number = from.ReadVarint();
        return number <= int.MaxValue
            ? (int)number
            : throw new CorruptPayloadException($"A number up to {int.MaxValue} expected, {number} found; see whether the nodes run the same version.");
    }

    private static int Index(ref CodecReader from, int count)
    {
        var index = from.ReadVarint();
        return index < (ulong)count
            ? (int)index
            : throw new CorruptPayloadException($"One of {count} tasks or channels expected, number {index} found; see whether the nodes run the same program.");
    }
}
