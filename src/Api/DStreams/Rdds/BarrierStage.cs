using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>One try at the tasks of a barrier stage, which wait for each other. Thread-safe.</summary>
/// <remarks>The first task that fails, or ends while others wait for it, breaks the try: whoever waits is let go by an exception, and so is who comes to wait.</remarks>
internal sealed class BarrierStage(int tasks)
{
    private readonly object _gate = new();
    private string[] _messages = new string[tasks];
    private int _waiting;
    private int _ended;
    private long _round;

    /// <summary>Why the try is broken: what was thrown first. Null while it is not.</summary>
    public Exception? Cause { get; private set; }

    /// <summary>Waits for all tasks; gives what each has brought, by partition.</summary>
    public string[] Await(int partition, string message)
    {
        lock (_gate)
        {
            ThrowIfBroken();
            _messages[partition] = message;
            var (round, messages) = (_round, _messages);
            if (_ended > 0)
                Break(EndedWithout(partition));
            else if (++_waiting == tasks)
                Release();
            while (Cause is null && _round == round)
                Monitor.Wait(_gate);
            if (_round == round)
                ThrowIfBroken();
            return [.. messages];
        }
    }

    /// <summary>A task has ended well.</summary>
    public void End(int partition)
    {
        lock (_gate)
        {
            _ended++;
            if (_waiting > 0)
                Break(EndedWithout(partition));
        }
    }

    /// <summary>A task has failed, or nobody wants the stage any more.</summary>
    public void Break(Exception cause)
    {
        lock (_gate)
        {
            Cause ??= cause;
            Monitor.PulseAll(_gate);
        }
    }

    private void Release()
    {
        (_round, _waiting, _messages) = (_round + 1, 0, new string[tasks]);
        Monitor.PulseAll(_gate);
    }

    private static UserFunctionException EndedWithout(int partition) => new(
        $"barrier: every task of the stage expected to wait as often as the others, one that had ended found while another waited (partition {partition}); call Barrier or AllGather as often in each.");

    private void ThrowIfBroken()
    {
        if (Cause is { } cause)
            throw new OperationCanceledException("Another task of the barrier stage has failed.", cause);
    }
}
