using System.Runtime.InteropServices;

namespace Millrace.State;

/// <summary>A slot of a <see cref="SlotMap{TKey, TValue}"/>.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Entry<TKey, TValue>
{
    public TKey Key;
    public TValue Value;

    /// <summary>The low half of the hash with its top bit set; zero when the slot is free.</summary>
    public uint Tag;

    /// <summary>The scope of the last recorded touch.</summary>
    public long Stamp;
}
