namespace Millrace.Chaos.Cluster;

/// <summary>Lets a node run for one of twenty time slices of a millisecond, by SIGSTOP and SIGCONT, until it is disposed of.</summary>
internal sealed class Slowness : IDisposable
{
    private const int RunsMs = 1;
    private const int StandsMs = 19 * RunsMs;

    private readonly Thread _thread;
    private volatile bool _isOver;

    public Slowness(NodeSet nodes, int node)
    {
        _thread = new Thread(() => Slow(nodes, node)) { IsBackground = true, Priority = ThreadPriority.Highest };
        _thread.Start();
    }

    public void Dispose()
    {
        _isOver = true;
        _thread.Join();
    }

    private void Slow(NodeSet nodes, int node)
    {
        while (!_isOver)
        {
            nodes.Freeze(node);
            Thread.Sleep(StandsMs);
            nodes.Thaw(node);
            Thread.Sleep(RunsMs);
        }
    }
}
