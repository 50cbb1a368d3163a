using System.Runtime.InteropServices;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>A value per key, in the order in which the keys came.</summary>
internal sealed class KeyTable<TKey, TValue>
{
    private readonly KeyType<TKey> _keys = KeyType.Of<TKey>();

    // Why a tuple of one: a dictionary takes no null as key.
    private readonly Dictionary<ValueTuple<TKey>, int> _places = new(new KeyComparer<TKey>());
    private readonly List<(TKey Key, TValue Value)> _entries = [];

    public IReadOnlyList<(TKey Key, TValue Value)> Entries => _entries;

    /// <summary>The place of the key's value, which is new when <paramref name="isKnown"/> is false. Good until the next call.</summary>
    public ref TValue Find(TKey key, out bool isKnown)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, new(key), out isKnown);
        if (!isKnown)
        {
            place = _entries.Count;
            _entries.Add((_keys.Own(key), default!));
        }

        return ref CollectionsMarshal.AsSpan(_entries)[place].Value;
    }
}
