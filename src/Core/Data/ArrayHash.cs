namespace Millrace.Data;

/// <summary>Arrays by their length and items.</summary>
internal readonly struct ArrayHash<T, THash> : IKeyHash<T[]>
    where THash : struct, IKeyHash<T>
{
    public ulong Hash(T[] key)
    {
        if (key is null)
        {
            return StableHash.Null;
        }

        var hash = StableHash.OfNumber((ulong)key.Length);
        foreach (var item in key)
        {
            hash = StableHash.Combine(hash, default(THash).Hash(item));
        }

        return hash;
    }

    public bool AreEqual(T[] x, T[] y)
    {
        if (ReferenceEquals(x, y))
        {
            return true;
        }

        if (x is null || y is null || x.Length != y.Length)
        {
            return false;
        }

        for (var i = 0; i < x.Length; i++)
        {
            if (!default(THash).AreEqual(x[i], y[i]))
            {
                return false;
            }
        }

        return true;
    }

    public T[] Own(T[] key) => key;
}
