using System.Runtime.InteropServices;

namespace Millrace.State;

/// <summary>The before-image of an entry.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct UndoRecord<TKey, TValue>
{
    public const long Absent = -1;

    public TKey Key;
    public TValue Before;
    public ulong Hash;

    /// <summary>The entry's stamp before the touch, or <see cref="Absent"/>.</summary>
    public long Stamp;

    public readonly bool Existed => Stamp != Absent;
}
