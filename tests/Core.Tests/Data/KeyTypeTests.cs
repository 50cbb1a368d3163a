using Millrace.Data;

namespace Millrace.Core.Tests.Data;

public sealed class KeyTypeTests
{
    private enum Colour : short
    {
        Red = 1,
        Green = 2,
    }

    private sealed record Person(string Name, int Age);

    private sealed record NamedTwice(int Age, string Name);

    private record Open(int Id);

    private sealed record Derived(int Id, string More) : Open(Id);

    private readonly record struct Point(double X, double Y);

    private struct Bare
    {
        public int A;
        public string B;
    }

    private sealed record Node(int Id, Node? Next);

    private sealed record Word(string Text)
    {
        public bool Equals(Word? other) => string.Equals(Text, other?.Text, StringComparison.OrdinalIgnoreCase);

        public override int GetHashCode() => StringComparer.OrdinalIgnoreCase.GetHashCode(Text);
    }

    private record Versioned(int Id)
    {
        public override int GetHashCode() => Id;
    }

    private sealed record Dated(int Id, DateOnly Day) : Versioned(Id);

    private readonly record struct Code(int Number)
    {
        public bool Equals(Code other) => Number % 10 == other.Number % 10;

        public override int GetHashCode() => Number % 10;
    }

    private sealed class Nameless : IStableKey
    {
        public ulong StableHash() => 1;
    }

    private sealed class Mutable
    {
        public int Id { get; set; }
    }

#pragma warning disable CS0414, IDE0052 // The field is what the test is about.
    private readonly struct Hidden
    {
        private readonly int _secret;

        public Hidden(int secret) => _secret = secret;

        public bool IsEven => _secret % 2 == 0;
    }
#pragma warning restore CS0414, IDE0052

    private sealed class Own(ulong id) : IStableKey
    {
        public ulong StableHash() => id == 13 ? throw new FormatException("thirteen") : id;

        public override bool Equals(object? obj) => obj is Own other && other.StableHash() == StableHash();

        public override int GetHashCode() => 0;
    }

    private static ulong Hash<TKey>(TKey key) => KeyType.Of<TKey>().Hash(key);

    public static TheoryData<string, ulong, ulong> Golden() => new()
    {
        { "0", 0xe5e14de8c57b9fd7, Hash(0) },
        { "1", 0x49b038a326a358e2, Hash(1) },
        { "-1", 0x52b230d6b64720f8, Hash(-1) },
        { "42L", 0x13aeef33dd253cd9, Hash(42L) },
        { "long.MaxValue", 0xe07de39c77228a31, Hash(long.MaxValue) },
        { "ulong.MaxValue", 0x52b230d6b64720f8, Hash(ulong.MaxValue) },
        { "(byte)200", 0xe9f0fc6063e5ad13, Hash((byte)200) },
        { "'x'", 0xd2be9be1ff78d205, Hash('x') },
        { "true", 0x49b038a326a358e2, Hash(true) },
        { "false", 0xe5e14de8c57b9fd7, Hash(false) },
        { "0.0", 0xe5e14de8c57b9fd7, Hash(0.0) },
        { "1.5", 0x599d03f0fe305fe2, Hash(1.5) },
        { "1.5f", 0x599d03f0fe305fe2, Hash(1.5f) },
        { "double.NaN", 0xab2c17edf4872aad, Hash(double.NaN) },
        { "12.50m", 0x8e2a75c6776c1515, Hash(12.50m) },
        { "-0.001m", 0xd8bd97c393068190, Hash(-0.001m) },
        { "\"\"", 0x398720e392ad8763, Hash("") },
        { "\"a\"", 0x73c20121d1453393, Hash("a") },
        { "\"ab\"", 0xa9189c1b408a67d7, Hash("ab") },
        { "\"abc\"", 0x3997cee5a0feb720, Hash("abc") },
        { "\"abcd\"", 0x5ac3dad141caf041, Hash("abcd") },
        { "\"abcdefgh\"", 0x9ed7068ab436a632, Hash("abcdefgh") },
        { "\"abcdefghi\"", 0x3f8696bb244a057d, Hash("abcdefghi") },
        { "\"ärger\"", 0x4438b1156878ba42, Hash("ärger") },
        { "\"the quick brown fox jumps over the lazy dog\"", 0x3fbffaddb24d8912, Hash("the quick brown fox jumps over the lazy dog") },
        { "new Guid(\"00112233-4455-6677-8899-aabbccddeeff\")", 0xacebdfa2d1720b7c, Hash(new Guid("00112233-4455-6677-8899-aabbccddeeff")) },
        { "new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)", 0x7579e4d3eb74b4f1, Hash(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc)) },
        { "new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))", 0xe0490b40f5e50c1e, Hash(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2))) },
        { "TimeSpan.FromSeconds(1)", 0x775fb64ff0a31172, Hash(TimeSpan.FromSeconds(1)) },
        { "new DateOnly(2026, 1, 2)", 0xb2fbd80e82b45e2b, Hash(new DateOnly(2026, 1, 2)) },
        { "new TimeOnly(3, 4, 5)", 0x7f4f327d814c8f61, Hash(new TimeOnly(3, 4, 5)) },
        { "Colour.Green", 0x68a7ba7495e3164d, Hash(Colour.Green) },
        { "(1, \"a\")", 0x682a4eb704fab183, Hash((1, "a")) },
        { "(1, 2, 3)", 0xce3e57dc39677e69, Hash((1, 2, 3)) },
        { "(1, (2, \"b\"), 3L, 'c', true, 1.0, \"g\")", 0x2c46f9f40710b20a, Hash((1, (2, "b"), 3L, 'c', true, 1.0, "g")) },
        { "ValueTuple.Create(5)", 0x352d27b3d9183318, Hash(ValueTuple.Create(5)) },
        { "(int?)5", 0xb0a44e3e7b3c11e3, Hash((int?)5) },
        { "new byte[] { 1, 2, 3 }", 0xa162ab78b06be1cf, Hash(new byte[] { 1, 2, 3 }) },
        { "new[] { \"a\", \"b\" }", 0x54f303ac24a60f59, Hash(new[] { "a", "b" }) },
        { "new Person(\"Ada\", 36)", 0x4b80890df3d8160d, Hash(new Person("Ada", 36)) },
        { "new Point(1, 2)", 0xd652f871a362d96d, Hash(new Point(1, 2)) },
        { "new Bare { A = 1, B = \"x\" }", 0x7738294362e45b48, Hash(new Bare { A = 1, B = "x" }) },
        { "new Own(5)", 0xb0a44e3e7b3c11e3, Hash(new Own(5)) },
        { "Int128.MinValue", 0xbfb913b82697491f, Hash(Int128.MinValue) },
        { "(string?)null", 0x9e3779b97f4a7c15, Hash((string?)null) },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void Hashes_are_fixed_for_ever(string key, ulong expected, ulong found) =>
        Assert.True(expected == found, $"Hash of {key}: 0x{expected:x16} expected, 0x{found:x16} found; keys of durable state would move.");

    [Fact]
    public void Equal_keys_of_different_shape_hash_alike()
    {
        Assert.Equal(Hash(0.0), Hash(-0.0));
        Assert.Equal(Hash(double.NaN), Hash(BitConverter.UInt64BitsToDouble(0xfff8_0000_0000_0001)));
        Assert.Equal(Hash(1.0m), Hash(1.000m));
        Assert.Equal(Hash(0m), Hash(-0.00m));
        Assert.NotEqual(Hash(1m), Hash(-1m));
        Assert.NotEqual(Hash(1m), Hash(10m));
        Assert.Equal(Hash(7), Hash(7L));
        Assert.Equal(Hash(-7), Hash((sbyte)-7));
        Assert.Equal(Hash((int?)7), Hash(7));
        Assert.Equal(Hash((short)2), Hash(Colour.Green));
        Assert.Equal(Hash(new Person("Ada", 36)), Hash(new NamedTwice(36, "Ada")));
        Assert.Equal(Hash(new { Name = "Ada", Age = 36 }), Hash(new Person("Ada", 36)));
        Assert.Equal(Hash<int[]>([1, 2]), Hash<long[]>([1, 2]));
    }

    [Fact]
    public void Null_is_a_key()
    {
        Assert.Equal(StableHash.Null, Hash<string?>(null));
        Assert.Equal(StableHash.Null, Hash<int?>(null));
        Assert.Equal(StableHash.Null, Hash<Person?>(null));
        Assert.Equal(StableHash.Null, Hash<byte[]?>(null));
        Assert.Equal(StableHash.Null, Hash<Own?>(null));
        Assert.True(KeyType.Of<string?>().AreEqual(null, null));
        Assert.False(KeyType.Of<string?>().AreEqual(null, ""));
        Assert.False(KeyType.Of<Person?>().AreEqual(null, new Person("Ada", 36)));
        Assert.NotEqual(Hash((string?)""), Hash((string?)null));
    }

    [Fact]
    public void Equality_is_by_content()
    {
        Assert.True(KeyType.Of<byte[]>().AreEqual([1, 2], [1, 2]));
        Assert.False(KeyType.Of<byte[]>().AreEqual([1, 2], [1, 3]));
        Assert.True(KeyType.Of<string[]>().AreEqual(["a", "b"], ["a", "b"]));
        Assert.True(KeyType.Of<(int, string[])>().AreEqual((1, ["a"]), (1, ["a"])));
        Assert.True(KeyType.Of<Point>().AreEqual(new(double.NaN, 0.0), new(double.NaN, -0.0)));
        Assert.Equal(Hash(new Point(double.NaN, 0.0)), Hash(new Point(double.NaN, -0.0)));
        Assert.False(KeyType.Of<Bare>().AreEqual(new Bare { A = 1, B = "x" }, new Bare { A = 1, B = "y" }));
        Assert.True(KeyType.Of<KeyValuePair<int, string>>().AreEqual(new(1, "x"), new(1, "x")));
        Assert.True(KeyType.Of<(int, int, int, int, int, int, int, int)>().AreEqual((1, 2, 3, 4, 5, 6, 7, 8), (1, 2, 3, 4, 5, 6, 7, 8)));
        Assert.NotEqual(Hash((1, 2)), Hash((2, 1)));
        Assert.NotEqual(Hash(((1, 2), 3)), Hash((1, (2, 3))));
    }

    [Fact]
    public void A_slice_hashes_like_its_string()
    {
        const string line = "the quick  brown fox, jumped over a considerably longer lazy dog";
        Assert.Equal(line.Split(' '), line.Slices(' ').ToStrings());
        foreach (var slice in line.Slices(' '))
        {
            Assert.Equal(Hash(slice.ToString()), Hash(slice));
            Assert.True(slice == slice.ToString());
            Assert.Equal(slice, slice.Detach());
        }

        Assert.Equal([""], "".Slices(' ').ToStrings());
        Assert.Equal(["", ""], " ".Slices(' ').ToStrings());
        Assert.Equal(Hash(""), Hash(default(TextSlice)));
    }

    [Fact]
    public void Types_without_a_stable_hash_are_refused()
    {
        Assert.Contains("System.Object", Refused<object>(), StringComparison.Ordinal);
        Assert.Contains("System.Action", Refused<Action>(), StringComparison.Ordinal);
        Assert.Contains("IDisposable", Refused<IDisposable>(), StringComparison.Ordinal);
        Assert.Contains("Mutable", Refused<Mutable>(), StringComparison.Ordinal);
        Assert.Contains("inside", Refused<(int, Mutable)>(), StringComparison.Ordinal);
        Assert.Contains("_secret", Refused<Hidden>(), StringComparison.Ordinal);
        Assert.Contains("contains itself", Refused<Node>(), StringComparison.Ordinal);
        Assert.Contains("BigInteger", Refused<System.Numerics.BigInteger>(), StringComparison.Ordinal);
        Assert.Contains("Word with its own Equals found", Refused<Word>(), StringComparison.Ordinal);
        Assert.Contains("Word inside ", Refused<(int, Word[])>(), StringComparison.Ordinal);
        Assert.Contains("Versioned with its own GetHashCode found", Refused<Versioned>(), StringComparison.Ordinal);
        Assert.Contains("Dated with its own GetHashCode found", Refused<Dated>(), StringComparison.Ordinal);
        Assert.Contains("Code with its own Equals found", Refused<Code>(), StringComparison.Ordinal);
        Assert.Contains("equal nothing but themselves", Refused<Nameless>(), StringComparison.Ordinal);
        Assert.Contains("Derived", Assert.Throws<GraphException>(() => Hash(new Derived(1, "x") as Open)).Message, StringComparison.Ordinal);

        static string Refused<TKey>()
        {
            var message = Assert.Throws<GraphException>(() => KeyType.Of<TKey>()).Message;
            Assert.DoesNotContain('\n', message);
            return message;
        }
    }

    [Fact]
    public void What_a_key_throws_names_its_type()
    {
        var failure = Assert.ThrowsAny<Exception>(() => Hash(new Own(13)));

        Assert.Contains(typeof(Own).ToString(), failure.Message, StringComparison.Ordinal);
        Assert.IsType<FormatException>(failure.InnerException);
    }

    [Fact]
    public void Hashing_a_batch_hashes_each_key()
    {
        string[] keys = ["a", "b", ""];
        var hashes = new ulong[4];
        KeyType.Of<string>().HashAll(keys, hashes);
        Assert.Equal([Hash("a"), Hash("b"), Hash(""), 0], hashes);
    }

    [Fact]
    public void Key_groups_are_evenly_filled()
    {
        AssertEven(Enumerable.Range(0, 128_000), "integers");
        AssertEven(Enumerable.Range(0, 128_000).Select(i => (long)i << 32), "high halves");
        AssertEven(Enumerable.Range(0, 128_000).Select(i => (double)i), "doubles");
        AssertEven(Enumerable.Range(0, 128_000).Select(i => $"user-{i}"), "texts");
        AssertEven(Enumerable.Range(0, 128_000).Select(i => (i / 256, i % 256)), "pairs");

        static void AssertEven<TKey>(IEnumerable<TKey> keys, string what)
        {
            const int groups = 128;
            const double mean = 1000;
            var counts = new int[groups];
            var slots = new int[groups];
            foreach (var key in keys)
            {
                var group = KeyType.Of<TKey>().KeyGroupOf(key, groups);
                counts[group]++;
                if (group == 0)
                {
                    // The keys of one group spread over the slots of a table as if there were no groups.
                    slots[Hash(key) % groups]++;
                }
            }

            // 127 degrees of freedom: 200 is exceeded by chance once in 30,000.
            Assert.InRange(counts.Sum(count => (count - mean) * (count - mean) / mean), 60, 200);
            var slotMean = counts[0] / (double)groups;
            Assert.True(slots.Sum(count => (count - slotMean) * (count - slotMean) / slotMean) < 200, what);
        }
    }
}
