using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Hyperion;
using Millrace.Runtime.Tests.Support;
using Millrace.Runtime.Wire;
using Millrace.Serialization;
using Millrace.TestInputs;
using Xunit.Abstractions;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>Whatever stands under a right length and a right checksum, Hyperion sees only what is a value of the declared type.</summary>
[Collection(AloneCollection.Name)]
public sealed class HyperionFuzzTests(ITestOutputHelper output)
{
    private const int Cases = 5_000;

    // Values are wider than their bytes: an entry of a map takes 400 while it is added, and ten of its input.
    private const int FactorOfValues = 64;

    private interface IShape;

    private enum Colour : byte { Red = 3 }

    [Fact]
    public void Classes_that_hold_themselves() => Fuzz(new Link(1, new(2, new(3, null, null), [1, 2, 3]), null));

    [Fact]
    public void Interfaces_with_members_of_every_kind() => Fuzz<IShape>(ABox());

    [Fact]
    public void Lists_of_interfaces() => Fuzz(new Holder([new Circle(1, Colour.Red), null, ABox()], new() { ["a"] = new Circle(2, default) }));

    [Fact]
    public void Trees() => Fuzz(new Tree("a", [new("b", [], []), new("c", [], [])], new() { ["d"] = new("e", [], []) }));

    [Theory]
    [InlineData("eight bytes that ask for 1 GB", "09FFFFFF3F000000")]
    [InlineData("Int64[1e9]", "FC0200CA9A3B0000000000000000")]
    [InlineData("SByte[1e9], of which no byte need be there", "FC1400CA9A3B")]
    [InlineData("String[1e9]", "FC0700CA9A3B00")]
    [InlineData("a text of 2 GB", "07FFFFFFFF7F61")]
    [InlineData("a name of 2 GB", "FBFFFFFF7F61")]
    [InlineData("a function's type", "FF0600000041637469")]
    [InlineData("a reference", "FD00000000")]
    public void Bombs_cost_nothing(string what, string payload)
    {
        output.WriteLine(what);
        var read = Reader<IShape>();
        var bytes = Convert.FromHexString(payload);

        DamagedBytes.Cost((2 * bytes.Length) + DamagedBytes.SlackBytes, () => Assert.Throws<CorruptPayloadException>(() => read(bytes)));
    }

    [Fact]
    public void A_map_of_a_billion_entries_costs_nothing()
    {
        var bytes = Written(new Dictionary<string, Link> { ["a"] = new(1, null, null) });
        var read = Reader<Dictionary<string, Link>>();
        read(bytes);
        ReadOnlySpan<byte> oneEntry = [1, 0, 0, 0, 251];
        var count = bytes.AsSpan().IndexOf(oneEntry);
        BitConverter.TryWriteBytes(bytes.AsSpan(count), 1_000_000_000);

        DamagedBytes.Cost((2 * bytes.Length) + DamagedBytes.SlackBytes, () => Assert.Throws<CorruptPayloadException>(() => read(bytes)));
    }

    [Fact]
    public void The_widest_values_cost_no_more_than_their_bound()
    {
        Costs(new Box { Sorted = new(Enumerable.Range(0, 20_000).ToDictionary(number => number, _ => "")) });
        Costs(new Box { Map = Enumerable.Range(0, 20_000).ToImmutableDictionary(number => $"{number}", _ => Guid.Empty) });
        Costs(new Box { Objects = new object?[100_000] });
        Costs(new Box { Objects = [.. Enumerable.Repeat<object>(true, 100_000)] });
        Costs(new Box { Objects = [.. Enumerable.Range(0, 50_000).Select(_ => new Nothing())] });
        Costs(new Box { Wides = new (decimal, decimal, decimal, decimal)?[100_000] }, FactorOfValues + Unsafe.SizeOf<(decimal, decimal, decimal, decimal)?>());
        Costs(new Box { Set = [.. Enumerable.Range(0, 50_000).Select(number => $"{number}")] });
        Costs(new Box { Text = new string('x', 1_000_000) });
    }

    private void Costs(Box box, int factor = FactorOfValues)
    {
        var (bytes, read) = (Written(box), Reader<IShape>());
        read(bytes);
        var spent = DamagedBytes.Cost(((long)factor * bytes.Length) + DamagedBytes.SlackBytes, () => read(bytes));
        output.WriteLine($"{(double)spent / bytes.Length:F1}");
    }

    private static Box ABox() => new()
    {
        Object = 1.5m,
        Text = new string('x', 300),
        Bytes = [1, 2, 3],
        Numbers = [1, 2],
        Flags = [true, false],
        Texts = ["a", null, ""],
        Grid = new[,] { { 1, 2, 3 }, { 4, 5, 6 } },
        Points = [(1, 2), (3, 4)],
        Maybes = [1, null],
        Set = ["a", "b"],
        Sorted = new() { [1] = "a" },
        Map = ImmutableDictionary<string, Guid>.Empty.Add("a", Guid.Empty),
        List = [DateTime.UnixEpoch, DateTime.MaxValue],
        Queue = new(["q"]),
        Stack = new([TimeSpan.MaxValue]),
        When = DateTimeOffset.UnixEpoch,
        Next = new Circle(2, Colour.Red),
    };

    private void Fuzz<T>(T value)
    {
        var bytes = Written(value!);
        var (read, allowed) = (Reader<T>(), Allowed<T>());
        var refusedOnly = DamagedBytes.Read(bytes, Cases, payload =>
        {
            using var writer = new CodecWriter();
            Envelope.Write(writer, payload);
            HyperionWalk.Check(Envelope.Open(writer.WrittenSpan), typeof(T), allowed);
        });
        var corrupt = DamagedBytes.Read(bytes, Cases, read, FactorOfValues, allocated: () => GC.GetTotalAllocatedBytes(precise: true));
        output.WriteLine($"{typeof(T).Name}: {refusedOnly} of {Cases} refused, {corrupt} corrupt.");
        Assert.InRange(refusedOnly, Cases / 4, corrupt);
    }

    private static AllowedTypes Allowed<T>() => AllowedTypes.TryMake(typeof(T), [typeof(Circle), typeof(Box), typeof(Link), typeof(object), typeof(Nothing)])!;

    private static byte[] Written(object value)
    {
        using var stream = new MemoryStream();
        new Serializer(SerializerOptions.Default.WithVersionTolerance(true)).Serialize(value, stream);
        return stream.ToArray();
    }

    // Of a payload under a right length and a right checksum.
    private static Action<byte[]> Reader<T>()
    {
        var codec = new HyperionCodec<T>(Allowed<T>());
        return payload =>
        {
            using var writer = new CodecWriter();
            var position = writer.ReserveFixed32();
            Envelope.Write(writer, payload);
            writer.PatchLength(position);
            var reader = new CodecReader(writer.WrittenSpan);
            codec.Read(ref reader);
        };
    }

    private sealed record Circle(double Radius, Colour Colour) : IShape;

    private sealed class Nothing;

    private sealed record Link(int Value, Link? Next, int[]? Numbers);

    private sealed record Tree(string Name, List<Tree> Children, Dictionary<string, Tree> ByName);

    private sealed record Holder(List<IShape?> Shapes, Dictionary<string, IShape> ByName);

    private sealed class Box : IShape
    {
        public object? Object { get; init; }

        public object?[]? Objects { get; init; }

        public (decimal, decimal, decimal, decimal)?[]? Wides { get; init; }

        public string? Text { get; init; }

        public byte[]? Bytes { get; init; }

        public long[]? Numbers { get; init; }

        public bool[]? Flags { get; init; }

        public string?[]? Texts { get; init; }

        public int[,]? Grid { get; init; }

        public (int, long)[]? Points { get; init; }

        public int?[]? Maybes { get; init; }

        public HashSet<string>? Set { get; init; }

        public SortedDictionary<int, string>? Sorted { get; init; }

        public ImmutableDictionary<string, Guid>? Map { get; init; }

        public List<DateTime>? List { get; init; }

        public Queue<string>? Queue { get; init; }

        public Stack<TimeSpan>? Stack { get; init; }

        public DateTimeOffset? When { get; init; }

        public IShape? Next { get; init; }
    }
}
