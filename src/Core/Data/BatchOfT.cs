using System.Buffers;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Millrace.Data;

/// <summary>Typed rows in a pooled array.</summary>
/// <remarks>
/// A batch either owns a pooled array (<see cref="Rent"/>) and may be written, or is a view on somebody's immutable array
/// (<see cref="View"/>) and may not. Not thread-safe; handed over, never shared.
/// </remarks>
public sealed class Batch<T> : Batch
{
    private const int MaxArrayBytes = 80_000;
    private const int MaxRows = 1024;

    private T[] _rows;
    private int _start;
    private int _count;
    private bool _pooled;

    private Batch(T[] rows, int start, int count, bool pooled)
    {
        _rows = rows;
        _start = start;
        _count = count;
        _pooled = pooled;
    }

    /// <summary>Rows of a full batch: 1024, or fewer for wide rows.</summary>
    /// <value>A power of two, since the pool rounds up to one, chosen so that no array reaches the large object heap (85,000 bytes).</value>
    public static int FullSize { get; } = 1 << BitOperations.Log2((uint)Math.Clamp(MaxArrayBytes / Unsafe.SizeOf<T>(), 1, MaxRows));

    /// <inheritdoc/>
    public override int Count => _count;

    /// <summary>Whether the rows are somebody else's immutable array.</summary>
    public bool IsView => !_pooled;

    public bool IsFull => _count == _rows.Length || _count >= FullSize;

    public ReadOnlySpan<T> Rows => new(_rows, _start, _count);

    /// <summary>An empty batch with room for at least <paramref name="capacity"/> rows.</summary>
    public static Batch<T> Rent(int capacity) => new(ArrayPool<T>.Shared.Rent(Math.Clamp(capacity, 1, FullSize)), 0, 0, pooled: true);

    /// <summary>A batch over rows that nobody will change while the batch lives.</summary>
    public static Batch<T> View(T[] rows, int start, int count)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, rows.Length);
        return new(rows, start, count, pooled: false);
    }

    /// <summary>A batch of the given rows.</summary>
    public static Batch<T> Of(params ReadOnlySpan<T> rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows.Length, FullSize);
        var batch = Rent(Math.Max(rows.Length, 1));
        rows.CopyTo(batch._rows);
        batch._count = rows.Length;
        return batch;
    }

    /// <summary>Takes over <paramref name="rows"/>, which came from the shared pool, with its first <paramref name="count"/> rows filled.</summary>
    internal static Batch<T> Own(T[] rows, int count) => new(rows, 0, count, pooled: true);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(T row)
    {
        Debug.Assert(_pooled, "a view is never written");
        _rows[_count++] = row;
    }

    /// <summary>Makes room for <paramref name="count"/> more rows and gives the place to write them; the batch must have been rented large enough.</summary>
    public Span<T> Extend(int count)
    {
        Debug.Assert(_pooled, "a view is never written");
        var first = _count;
        _count += count;
        return _rows.AsSpan(first, count);
    }

    /// <summary>The rows for writing in place, or an empty span where this is a view.</summary>
    public Span<T> WritableRows => _pooled ? new(_rows, 0, _count) : default;

    /// <summary>Cuts the batch to its first <paramref name="count"/> rows.</summary>
    public void Truncate(int count)
    {
        Debug.Assert(count <= _count);
        if (_pooled && RuntimeHelpers.IsReferenceOrContainsReferences<T>())
            Array.Clear(_rows, count, _count - count);
        _count = count;
    }

    /// <summary>Row <paramref name="row"/> with its sides, as a batch of one.</summary>
    public Batch<T> RowAt(int row)
    {
        var one = Of(Rows[row]);
        one.CopySidesFrom(this, row);
        return one;
    }

    /// <summary>So many rows from <paramref name="first"/> on, with their sides, as a batch of their own: a view of a view, else a copy.</summary>
    internal Batch<T> Slice(int first, int count)
    {
        Debug.Assert(first >= 0 && count >= 0 && first + count <= _count);
        Batch<T> slice;
        if (_pooled)
        {
            slice = Own(ArrayPool<T>.Shared.Rent(Math.Max(count, 1)), count);
            Array.Copy(_rows, _start + first, slice._rows, 0, count);
        }
        else
        {
            slice = View(_rows, _start + first, count);
        }

        slice.CopySidesFrom(this, first);
        return slice;
    }

    /// <summary>A copy that owns its arrays.</summary>
    public Batch<T> Copy()
    {
        var rows = ArrayPool<T>.Shared.Rent(Math.Max(_count, 1));
        Array.Copy(_rows, _start, rows, 0, _count);
        var copy = new Batch<T>(rows, 0, _count, pooled: true);
        copy.CopySidesFrom(this);
        return copy;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        base.Release();
        if (_pooled)
        {
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
                Array.Clear(_rows, 0, _count);
            ArrayPool<T>.Shared.Return(_rows);
        }

        (_rows, _start, _count, _pooled) = ([], 0, 0, false);
    }
}
