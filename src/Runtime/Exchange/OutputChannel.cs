using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Exchange;

/// <summary>The sending end of one channel: numbers the items, spends credit, keeps what can't go yet.</summary>
/// <remarks>
/// A control item needs no credit, since there are few; it keeps its place behind batches that wait.
/// What waits is bounded too: a task takes no more input while one of its channels waits, so it is what one input batch became.
/// </remarks>
internal sealed class OutputChannel
{
    private readonly TaskPlace _receiver;
    private readonly int _channel;
    private readonly int _creditsMax;
    private readonly ChannelMeter _meter;
    private readonly Queue<(EpochInfo Epoch, Batch? Batch, ControlItem? Control)> _waiting = new();
    private TaskProtocol? _protocol;
    private int _output;
    private int _generation;
    private int _credits;

    /// <param name="receiver">The receiving task.</param>
    /// <param name="channel">The channel's index there.</param>
    /// <param name="credits">Batches that may be on the way.</param>
    /// <param name="meter">The job's counter.</param>
    public OutputChannel(TaskPlace receiver, int channel, int credits, ChannelMeter meter)
    {
        _receiver = receiver;
        _channel = channel;
        _creditsMax = credits;
        _credits = credits;
        _meter = meter;
        meter.AddChannel(credits);
    }

    /// <summary>Whether the receiver is in this process.</summary>
    public bool IsLocal => _receiver.IsLocal;

    /// <summary>Whether something waits for credit.</summary>
    public bool IsBlocked => _waiting.Count > 0;

    public void Send(EpochInfo epoch, Batch batch)
    {
        if (IsBlocked || _credits == 0)
            _waiting.Enqueue((epoch, batch, null));
        else
            Post(epoch, batch, null);
    }

    public void Send(EpochInfo epoch, ControlItem control)
    {
        if (IsBlocked)
            _waiting.Enqueue((epoch, null, control));
        else
            Post(epoch, null, control);
    }

    /// <summary>Takes credit of the current generation.</summary>
    public void Grant(int generation, int batches)
    {
        if (generation != _generation)
            return;
        _credits += batches;
        while (_waiting.TryPeek(out var item) && (item.Batch is null || _credits > 0))
        {
            _waiting.Dequeue();
            Post(item.Epoch, item.Batch, item.Control);
        }
    }

    /// <summary>The sender starts: items get their stamps from <paramref name="protocol"/>.</summary>
    /// <param name="protocol">The sending task's protocol.</param>
    /// <param name="output">The channel's index there.</param>
    /// <param name="generation">The receiver's generation.</param>
    public void Start(TaskProtocol protocol, int output, int generation)
    {
        _protocol = protocol;
        _output = output;
        _generation = -1;
        Adopt(generation);
    }

    /// <summary>The receiver has a generation; when it is a new one, it starts again: full credit, nothing waits.</summary>
    public void Adopt(int generation)
    {
        if (generation <= _generation)
            return;
        _generation = generation;
        _credits = _creditsMax;
        while (_waiting.TryDequeue(out var item))
            item.Batch?.Release();
    }

    private void Post(EpochInfo epoch, Batch? batch, ControlItem? control)
    {
        if (batch is not null)
        {
            _credits--;
            _meter.Sent();
        }

        var stamp = _protocol!.NextStamp(_output);
        _receiver.Send(new ChannelItem(_channel, stamp.Generation, stamp.Sequence, epoch, batch, control));
    }
}
