namespace Millrace.Data;

/// <summary>Nullables: null or the value's own hash.</summary>
internal readonly struct NullableHash<T, THash> : IKeyHash<T?>
    where T : struct
    where THash : struct, IKeyHash<T>
{
    public ulong Hash(T? key) => key.HasValue ? default(THash).Hash(key.GetValueOrDefault()) : StableHash.Null;

    public bool AreEqual(T? x, T? y) =>
        x.HasValue == y.HasValue && (!x.HasValue || default(THash).AreEqual(x.GetValueOrDefault(), y.GetValueOrDefault()));

    public T? Own(T? key) => key.HasValue ? default(THash).Own(key.GetValueOrDefault()) : null;
}
