using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Millrace.State;

/// <summary>The undo list of one epoch, in segments that go back to a pool.</summary>
internal sealed class EpochLog<TRecord>(long epoch, long firstScope, Stack<TRecord[]> pool)
    where TRecord : struct
{
    private const int PooledSegments = 16;
    private const int FirstSize = 16;

    // Why: segments of at most 32 KB stay off the large object heap and are never copied.
    private static readonly int Size = Math.Max(FirstSize, (int)BitOperations.RoundUpToPowerOf2((uint)(32768 / Unsafe.SizeOf<TRecord>()) + 1) / 2);
    private static readonly int Shift = BitOperations.Log2((uint)Size);

    private readonly List<TRecord[]> _segments = [];
    private TRecord[] _last = [];
    private int _used;

    internal long Epoch { get; } = epoch;

    /// <value>The scope that the epoch began with; later touches have a stamp of at least this.</value>
    internal long FirstScope { get; } = firstScope;

    internal int Count { get; private set; }

    /// <value>Whether an entry was removed in this epoch, so that its stamp is forgotten.</value>
    internal bool HasRemovals { get; set; }

    /// <value>Whether a key may have more than one record.</value>
    internal bool MayRepeat { get; set; }

    internal ref TRecord this[int index] => ref _segments[index >> Shift][index & (Size - 1)];

    internal ref TRecord Add()
    {
        if (_used == _last.Length)
        {
            Extend();
        }

        Count++;
        return ref _last[_used++];
    }

    /// <summary>Takes the newest record off.</summary>
    internal TRecord Pop()
    {
        Debug.Assert(Count > 0);
        var record = _last[--_used];
        _last[_used] = default;
        Count--;
        if (_used == 0 && _segments.Count > 1)
        {
            Return(_last, PooledSegments);
            _segments.RemoveAt(_segments.Count - 1);
            _last = _segments[^1];
            _used = _last.Length;
        }

        return record;
    }

    /// <summary>Forgets all records.</summary>
    internal void Free()
    {
        // Why: the pool keeps what an epoch like this one needs, and shrinks with the epochs.
        var limit = Math.Max(PooledSegments, _segments.Count);
        while (pool.Count > limit)
        {
            pool.Pop();
        }

        foreach (var segment in _segments)
        {
            if (RuntimeHelpers.IsReferenceOrContainsReferences<TRecord>())
            {
                Array.Clear(segment);
            }

            Return(segment, limit);
        }

        _segments.Clear();
        _last = [];
        _used = 0;
        Count = 0;
    }

    private void Extend()
    {
        if (_segments.Count == 0 && pool.Count == 0)
        {
            _last = new TRecord[FirstSize];
            _segments.Add(_last);
        }
        else if (_segments.Count == 1 && _last.Length < Size)
        {
            Array.Resize(ref _last, Math.Min(Size, _last.Length * 4));
            _segments[0] = _last;
        }
        else
        {
            _last = pool.TryPop(out var segment) ? segment : new TRecord[Size];
            _segments.Add(_last);
            _used = 0;
        }
    }

    private void Return(TRecord[] segment, int limit)
    {
        if (segment.Length == Size && pool.Count < limit)
        {
            pool.Push(segment);
        }
    }
}
