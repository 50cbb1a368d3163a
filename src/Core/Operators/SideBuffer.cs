using System.Buffers;

namespace Millrace.Operators;

/// <summary>One side array of an open batch, filled in runs: all rows added since the last stamp have that stamp.</summary>
internal struct SideBuffer<TSide>
{
    private TSide[]? _sides;
    private TSide? _stamp;
    private int _filled;

    /// <summary>Whether rows are stamped.</summary>
    public bool IsActive { get; private set; }

    /// <summary>Rows from <paramref name="count"/> on have this stamp.</summary>
    public void Stamp(TSide stamp, int count)
    {
        if (count > _filled)
            Fill(count);
        (_stamp, _filled, IsActive) = (stamp, count, true);
    }

    /// <summary>Rows of the next batch have no stamp.</summary>
    public void Stop() => IsActive = false;

    /// <summary>Hands the array of <paramref name="count"/> rows over; null where rows are not stamped.</summary>
    public TSide[]? Take(int count)
    {
        if (!IsActive)
            return null;
        Fill(count);
        var sides = _sides;
        (_sides, _filled) = (null, 0);
        return sides;
    }

    /// <summary>Forgets what was filled.</summary>
    public void Discard()
    {
        if (_sides is not null)
            ArrayPool<TSide>.Shared.Return(_sides);
        (_sides, _filled) = (null, 0);
    }

    private void Fill(int count)
    {
        if (_sides is null || _sides.Length < count)
        {
            var larger = ArrayPool<TSide>.Shared.Rent(count * 2);
            if (_sides is not null)
            {
                _sides.AsSpan(0, _filled).CopyTo(larger);
                ArrayPool<TSide>.Shared.Return(_sides);
            }

            _sides = larger;
        }

        _sides.AsSpan(_filled, count - _filled).Fill(_stamp!);
        _filled = count;
    }
}
