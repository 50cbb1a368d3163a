namespace Millrace.Runtime.Cluster;

/// <summary>The way to one process of a job, also before it is known at which node it is. Thread-safe; no call waits.</summary>
internal sealed class ProcessRoute
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _waiting = [];
    private PeerLink? _link;

    public void Send(ReadOnlySpan<byte> message)
    {
        PeerLink? link;
        lock (_lock)
        {
            link = _link;
            if (link is null)
                _waiting.Add(message.ToArray());
        }

        link?.Send(message);
    }

    /// <summary>Says at which node it is, which stays so.</summary>
    public void Find(PeerLink link)
    {
        lock (_lock)
        {
            if (_link is not null)
                return;
            foreach (var message in _waiting)
                link.Send(message);
            _waiting.Clear();
            _link = link;
        }
    }
}
