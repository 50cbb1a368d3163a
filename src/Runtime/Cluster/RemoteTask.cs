using Millrace.Runtime.Exchange;
using Millrace.Serialization;

namespace Millrace.Runtime.Cluster;

/// <inheritdoc/>
/// <param name="job">The job, as messages name it.</param>
/// <param name="task">The task.</param>
/// <param name="codecs">Those of its input channels.</param>
/// <param name="route">The way to its process.</param>
/// <param name="meter">Counts batches: what is sent has left this process.</param>
internal sealed class RemoteTask(ulong job, int task, EdgeCodec[] codecs, ProcessRoute route, ChannelMeter meter) : IRemoteTask
{
    [ThreadStatic]
    private static CodecWriter? _writer;

    /// <inheritdoc/>
    public void Send(ChannelItem item)
    {
        var writer = Writer();
        DataMessage.Write(writer, job, task, item, codecs[item.Channel]);
        route.Send(writer.WrittenSpan);
        if (item.Batch is not { } batch)
            return;
        batch.Release();
        meter.WorkedOff();
    }

    /// <inheritdoc/>
    public void Send(Credit credit)
    {
        var writer = Writer();
        DataMessage.Write(writer, job, task, credit);
        route.Send(writer.WrittenSpan);
    }

    private static CodecWriter Writer()
    {
        var writer = _writer ??= new CodecWriter();
        writer.Reset();
        return writer;
    }
}
