namespace Millrace.Data;

/// <summary>Strings, ordinal.</summary>
internal readonly struct TextHash : IKeyHash<string>
{
    public ulong Hash(string key) => key is null ? StableHash.Null : StableHash.OfText(key);

    public bool AreEqual(string x, string y) => string.Equals(x, y);

    public string Own(string key) => key;
}
