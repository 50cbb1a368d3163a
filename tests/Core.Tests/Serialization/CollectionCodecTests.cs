using System.Collections.Immutable;
using CsCheck;
using Millrace.Serialization;
using static Millrace.Core.Tests.Serialization.CodecTestValues;

namespace Millrace.Core.Tests.Serialization;

/// <summary>Arrays, lists, sets and maps come back with their items, in order where they have one.</summary>
public sealed class CollectionCodecTests
{
    private static readonly Gen<string?[]> Texts = Gen.String[Gen.Char['a', 'f'], 0, 3].Null().Array[0, 40];

    [Fact]
    public void Lists_of_every_kind_come_back() => Texts.Sample(items =>
    {
        Assert.Equal(items, Back(items));
        Assert.Equal(items, Back<List<string?>>([.. items]));
        Assert.Equal(items, Back<IList<string?>>([.. items]));
        Assert.Equal(items, Back<ICollection<string?>>([.. items]));
        Assert.Equal(items, Back<IEnumerable<string?>>(items));
        Assert.Equal(items, Back<IReadOnlyList<string?>>(items));
        Assert.Equal(items, Back<IReadOnlyCollection<string?>>(items));
        Assert.Equal(items, Back<ImmutableArray<string?>>([.. items]));
        Assert.Equal(items, Back<ImmutableList<string?>>([.. items]));
        Assert.Equal(items, Back<Queue<string?>>(new(items)));
    });

    [Fact]
    public void Sets_of_every_kind_come_back() => Gen.Int[-50, 50].Array[0, 40].Sample(items =>
    {
        var sorted = items.Distinct().Order().ToArray();
        Assert.Equal(sorted, Back<HashSet<int>>([.. items]).Order());
        Assert.Equal(sorted, Back<ISet<int>>(new HashSet<int>(items)).Order());
        Assert.Equal(sorted, Back<IReadOnlySet<int>>(new HashSet<int>(items)).Order());
        Assert.Equal(sorted, Back<ImmutableHashSet<int>>([.. items]).Order());
        Assert.Equal(sorted, Back<SortedSet<int>>([.. items]));
    });

    [Fact]
    public void Maps_of_every_kind_come_back() => Gen.Select(Gen.Int[0, 50], Gen.Long.Nullable()).Array[0, 40].Sample(entries =>
    {
        var map = entries.DistinctBy(entry => entry.Item1).ToDictionary(entry => entry.Item1, entry => entry.Item2);
        Assert.Equal(map, Back(map));
        Assert.Equal(map, Back<IDictionary<int, long?>>(map));
        Assert.Equal(map, Back<IReadOnlyDictionary<int, long?>>(map));
        Assert.Equal(map, Back(map.ToImmutableDictionary()));
        Assert.Equal(new SortedDictionary<int, long?>(map), Back<SortedDictionary<int, long?>>(new(map)));
    });

    [Fact]
    public void No_list_and_an_empty_list_are_told_apart()
    {
        Assert.Null(Back<int[]?>(null));
        Assert.Null(Back<List<int>?>(null));
        Assert.Null(Back<Dictionary<int, int>?>(null));
        Assert.Empty(Back(Array.Empty<int>()));
        Assert.Empty(Back(new Dictionary<int, int>()));
        Assert.True(Back(default(ImmutableArray<int>)).IsDefault);
        Assert.False(Back(ImmutableArray<int>.Empty).IsDefault);
    }

    [Fact]
    public void A_sequence_that_only_runs_is_written_item_by_item() =>
        Assert.Equal([1, 3], Back(Enumerable.Range(0, 5).Where(number => number % 2 == 1)));

    [Fact]
    public void Lists_lie_in_each_other() =>
        Gen.Int.Array[0, 5].Array[0, 5].Sample(items =>
        {
            var lists = items.Select(inner => new Dictionary<string, int[]> { ["a"] = inner }).ToList();
            Assert.Equal(lists.SelectMany(map => map["a"]), Back(lists).SelectMany(map => map["a"]));
        });

    [Fact]
    public void Another_comparer_is_refused_since_it_would_be_lost()
    {
        Refused(new HashSet<string>(StringComparer.OrdinalIgnoreCase), "A HashSet<String> with the default comparer expected, another comparer found, which can't be written; normalize the keys instead.");
        Refused<IReadOnlyDictionary<string, int>>(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase), "A IReadOnlyDictionary<String, Int32> with the default comparer expected, another comparer found, which can't be written; normalize the keys instead.");
        Refused(new SortedSet<int>(Comparer<int>.Create((a, b) => b - a)), "A SortedSet<Int32> with the default comparer expected, another comparer found, which can't be written; normalize the keys instead.");
        Assert.Equal(["a"], Back(new HashSet<string>(StringComparer.Ordinal) { "a" }));
    }

    [Fact]
    public void A_key_that_comes_twice_is_damage()
    {
        var failure = Assert.Throws<CorruptPayloadException>(() => Read<Dictionary<int, int>>([3, 2, 4, 2, 6]));
        Assert.Equal("A Dictionary<Int32, Int32> expected before byte 5, a key twice or null found; use another copy.", failure.Message);
    }

    [Fact]
    public void A_count_asks_for_no_more_than_the_items_that_are_there()
    {
        byte[] bytes = [.. new byte[] { 0x81, 0x80, 0x04 }, .. new byte[65_535]];
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<CorruptPayloadException>(() => Read<Guid?[]>([.. bytes.AsSpan(0, 3), 9, .. bytes.AsSpan(4)]));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (5 * bytes.Length) + 65_536);
    }

    private static void Refused<T>(T value, string message) =>
        Assert.Equal(message, Assert.Throws<SchemaException>(() => Write(value)).Message);
}
