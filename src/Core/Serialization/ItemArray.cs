using System.Runtime.CompilerServices;

namespace Millrace.Serialization;

/// <summary>An array for items of which only the number is known yet: it grows with those that have really been read.</summary>
/// <remarks>Why not all at once: items may be much wider than their bytes, and a damaged number would ask for the memory of all of them.</remarks>
internal static class ItemArray
{
    private const int ItemsAtFirst = 16;

    /// <summary>An array for the first items.</summary>
    /// <param name="count">The number of items that was read.</param>
    /// <param name="remaining">The bytes that are there for them.</param>
    public static T[] Begin<T>(int count, int remaining) => new T[Math.Min(count, Math.Max(ItemsAtFirst, remaining / Unsafe.SizeOf<T>()))];

    /// <summary>Makes room for the item at <paramref name="index"/>. When all are there, the array has their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void MakeRoom<T>(ref T[] items, int index, int count)
    {
        if (index == items.Length)
            Array.Resize(ref items, (int)Math.Min(count, 2L * index));
    }
}
