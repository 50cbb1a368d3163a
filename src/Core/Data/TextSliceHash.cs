namespace Millrace.Data;

/// <summary>Slices, hashed like the equal string and detached from their line when kept.</summary>
internal readonly struct TextSliceHash : IKeyHash<TextSlice>
{
    public ulong Hash(TextSlice key) => StableHash.OfText(key.AsSpan());

    public bool AreEqual(TextSlice x, TextSlice y) => x.Equals(y);

    public TextSlice Own(TextSlice key) => key.Detach();
}
