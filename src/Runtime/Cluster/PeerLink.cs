namespace Millrace.Runtime.Cluster;

/// <summary>The way to one other node: sends on the connection that there is, and keeps what is sent while there is none. Thread-safe; no call waits.</summary>
/// <remarks>What was sent on a connection that has broken is lost and not sent again: the channels that crossed it begin anew. What is kept is bounded by their credit.</remarks>
internal sealed class PeerLink
{
    private readonly Lock _lock = new();
    private readonly List<byte[]> _waiting = [];
    private DataLink? _link;
    private bool _isGone;

    public void Send(ReadOnlySpan<byte> message)
    {
        lock (_lock)
        {
            if (_link is { } link)
                link.Send(message);
            else if (!_isGone)
                _waiting.Add(message.ToArray());
        }
    }

    /// <summary>When anything last came on the connection that there is, by <see cref="Environment.TickCount64"/>; null where there is none.</summary>
    public long? HeardAtMs
    {
        get
        {
            lock (_lock)
                return _link?.HeardAtMs;
        }
    }

    /// <summary>Says on the connection that there is that this end lives.</summary>
    public void Ping()
    {
        lock (_lock)
            _link?.Send([]);
    }

    /// <summary>Closes the connection that there is.</summary>
    public void Break()
    {
        DataLink? link;
        lock (_lock)
            link = _link;
        link?.Dispose();
    }

    /// <summary>There is a connection, which takes the place of the one before.</summary>
    public void Attach(DataLink link)
    {
        DataLink? former;
        lock (_lock)
        {
            former = _link;
            _link = link;
            foreach (var message in _waiting)
                link.Send(message);
            _waiting.Clear();
        }

        former?.Dispose();
    }

    /// <summary>A connection is closed.</summary>
    /// <returns>Whether it was the one in use.</returns>
    public bool Detach(DataLink link)
    {
        lock (_lock)
        {
            if (_link != link)
                return false;
            _link = null;
            return true;
        }
    }

    /// <summary>The node is gone for good.</summary>
    public void Close()
    {
        DataLink? link;
        lock (_lock)
        {
            _isGone = true;
            _waiting.Clear();
            link = _link;
            _link = null;
        }

        link?.Dispose();
    }
}
