using Hyperion;
using Millrace.Data;
using Millrace.Runtime.Wire;
using Millrace.Serialization;

namespace Millrace.Runtime.Tests.Wire;

/// <summary>What only the run tells is written by Hyperion, of allowed types alone; whatever is wrong with the bytes is one error.</summary>
public sealed class HyperionCodecsTests
{
    private readonly CodecCatalog _catalog = new(new HyperionCodecs([typeof(Circle), typeof(Square), typeof(Frame)]));

    [Fact]
    public void Interfaces_come_back_as_what_they_held()
    {
        IShape?[] shapes = [new Circle(1), new Square(2), null];
        Assert.Equal(shapes, Back(_catalog.Of<IShape?[]>(), shapes));
    }

    [Fact]
    public void A_class_that_holds_itself_comes_back()
    {
        Assert.Equal(new Node(1, new(2, null)), Back(_catalog.Of<Node>(), new(1, new(2, null))));
        var tree = Back(_catalog.Of<Tree>(), new("a", [new("b", [], []), new("c", [], [])], new() { ["d"] = new("e", [], []) }));
        Assert.Equal(("a", "b", "c", "e"), (tree.Name, tree.Children[0].Name, tree.Children[1].Name, tree.ByName["d"].Name));
    }

    [Fact]
    public void Only_what_needs_it_is_written_by_Hyperion() =>
        Assert.Equal("With<IShape>{Member: Hyperion IShape, Last: int}?", _catalog.Of<With<IShape>>().Schema.ToString());

    [Fact]
    public void A_member_of_Hyperion_is_skipped_when_it_is_gone()
    {
        var old = _catalog.Of<With<IShape>>();
        var reader = new CodecReader(Write(old, new(new Circle(1), 5)));
        Assert.Equal(5, _catalog.Of<Without>(old.Schema).Read(ref reader).Last);
    }

    [Fact]
    public void Functions_are_refused_wherever_they_stand()
    {
        Refused<Func<int>>();
        Refused<With<Action>>();
        Refused<SelfWithFunction>();
        Refused<With<List<SelfWithFunction>>>();
    }

    [Fact]
    public void What_belongs_to_the_process_and_what_nothing_names_is_refused()
    {
        Refused<FileStream>();
        Refused<Task>();
        Refused<Type>();
        Refused<IUnnamed>();
        Refused<Uri>();
        Assert.Throws<GraphException>(() => new CodecCatalog(new HyperionCodecs([])).Of<object>());
    }

    [Fact]
    public void A_value_of_another_type_is_refused_when_it_is_written()
    {
        var failure = Assert.Throws<SchemaException>(() => Write(_catalog.Of<IShape>(), new Triangle()));
        Assert.Equal(
            "A IShape of allowed types expected, another found: Unsafe Type Deserialization Detected! [type: Millrace.Runtime.Tests.Wire.HyperionCodecsTests+Triangle]; "
            + "add the type to MillraceHostOptions.SerializableTypes.",
            failure.Message);
    }

    [Fact]
    public void A_type_outside_the_list_is_refused_when_it_is_read()
    {
        var wider = new CodecCatalog(new HyperionCodecs([typeof(Circle), typeof(Triangle)]));
        var bytes = Write(wider.Of<IShape>(), new Triangle());
        Assert.Equal(new Triangle(), Read(wider.Of<IShape>(), bytes));

        var failure = Assert.Throws<CorruptPayloadException>(() => Read(_catalog.Of<IShape>(), bytes));

        Assert.StartsWith("A value of an allowed type expected at byte 1, one of Millrace.Runtime.Tests.Wire.HyperionCodecsTests+Triangle, Millrace.Runtime.Tests found;", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_of_another_type_is_refused_when_it_is_written_not_only_when_it_is_read()
    {
        var failure = Assert.Throws<SchemaException>(() => Write(_catalog.Of<IShape>(), new Frame(new Triangle())));

        Assert.StartsWith("A IShape that can be read again expected, one found that can't: A value of an allowed type expected at byte", failure.Message, StringComparison.Ordinal);
        Assert.EndsWith("+Triangle, Millrace.Runtime.Tests found; add the type to MillraceHostOptions.SerializableTypes.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_members_than_those_of_today_are_refused()
    {
        var bytes = Write(_catalog.Of<IShape>(), new Circle(1));
        var name = bytes.AsSpan().IndexOf("<Radius>"u8);
        bytes[name + 1] = (byte)'r';
        Seal(bytes);

        var failure = Assert.Throws<CorruptPayloadException>(() => Read(_catalog.Of<IShape>(), bytes));

        Assert.Equal("The members that Circle has now expected, others found as Hyperion wrote them: it reads them by place; take the change back, or keep what changes in a plain type.", failure.Message);
    }

    [Fact]
    public void Types_of_which_Hyperion_loses_something_are_refused()
    {
        Refused<With<Eight>>();
        Refused<int[,,,]>();
        Assert.Equal(new[,] { { 1, 2 }, { 3, 4 } }, Back(_catalog.Of<int[,]>(), new[,] { { 1, 2 }, { 3, 4 } }));
    }

    [Fact]
    public void A_function_in_the_bytes_does_not_run()
    {
        var wasRun = false;
        using var stream = new MemoryStream();
        new Serializer(SerializerOptions.Default.WithVersionTolerance(true)).Serialize(new Func<int>(() => { wasRun = true; return 1; }), stream);
        using var writer = new CodecWriter();
        var position = writer.ReserveFixed32();
        Envelope.Write(writer, stream.ToArray());
        writer.PatchLength(position);

        Assert.Throws<CorruptPayloadException>(() => Read(_catalog.Of<IShape>(), writer.ToArray()));

        Assert.False(wasRun);
    }

    [Fact]
    public void Any_flipped_byte_is_seen_before_Hyperion_reads()
    {
        var bytes = Write(_catalog.Of<IShape>(), new Circle(1));
        for (var at = 0; at < bytes.Length; at++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var damaged = bytes.ToArray();
                damaged[at] ^= (byte)(1 << bit);
                var before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Throws<CorruptPayloadException>(() => Read(_catalog.Of<IShape>(), damaged));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (2 * bytes.Length) + 65_536);
            }
        }
    }

    [Theory]
    [InlineData("FF")]
    [InlineData("FF01")]
    [InlineData("FFFFFF")]
    [InlineData("0A")]
    [InlineData("67617262616765")]
    public void Damage_under_a_right_checksum_is_one_error(string payload)
    {
        using var writer = new CodecWriter();
        var position = writer.ReserveFixed32();
        Envelope.Write(writer, Convert.FromHexString(payload));
        writer.PatchLength(position);

        Assert.Throws<CorruptPayloadException>(() => Read(_catalog.Of<Node>(), writer.ToArray()));
    }

    [Fact]
    public void Too_deep_and_circular_values_are_refused_and_do_not_end_the_process()
    {
        Node? deep = null;
        for (var i = 0; i < 100_000; i++)
            deep = new(i, deep);
        var circle = new Ring();
        circle.Next = circle;

        foreach (var failure in new[] { Assert.Throws<SchemaException>(() => Write(_catalog.Of<Node>(), deep!)), Assert.Throws<SchemaException>(() => Write(_catalog.Of<Ring>(), circle)) })
            Assert.Contains("deep in each other expected, deeper ones found, perhaps in a circle of references; keep such a structure flat, by keys", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_not_too_deep_to_be_written_can_be_read()
    {
        var (codec, deep, levels) = (_catalog.Of<Node>(), default(Node), 0);
        var bytes = Array.Empty<byte>();
        Assert.Throws<SchemaException>((Action)(() =>
        {
            while (true)
            {
                deep = new(levels, deep);
                bytes = Write(codec, deep);
                levels++;
            }
        }));

        Assert.InRange(levels, 64, 1000);
        Assert.Equal(levels - 1, Read(codec, bytes).Value);
    }

    [Fact]
    public void Too_deep_bytes_are_refused_and_do_not_end_the_process()
    {
        Node? deep = null;
        for (var i = 0; i < 100_000; i++)
            deep = new(i, deep);
        using var stream = new MemoryStream();
        var thread = new Thread(() => new Serializer(SerializerOptions.Default.WithVersionTolerance(true)).Serialize(deep, stream), maxStackSize: 512 * 1024 * 1024);
        thread.Start();
        thread.Join();
        using var writer = new CodecWriter();
        var position = writer.ReserveFixed32();
        Envelope.Write(writer, stream.ToArray());
        writer.PatchLength(position);

        Assert.Throws<CorruptPayloadException>(() => Read(_catalog.Of<Node>(), writer.ToArray()));
    }

    [Fact]
    public void More_than_16_MB_is_refused_when_it_is_written() =>
        Assert.Throws<SchemaException>(() => Write(_catalog.Of<Blob>(), new Blob(new byte[Envelope.PayloadBytesMax], null)));

    // Puts the right checksum on changed bytes.
    private static void Seal(byte[] bytes)
    {
        using var writer = new CodecWriter();
        Envelope.Write(writer, bytes.AsSpan(sizeof(uint) + Envelope.HeaderBytes));
        writer.WrittenSpan.CopyTo(bytes.AsSpan(sizeof(uint)));
    }

    private void Refused<T>() => Assert.Throws<GraphException>(() => _catalog.Of<T>());

    private static T Back<T>(Codec<T> codec, T value) => Read(codec, Write(codec, value));

    private static byte[] Write<T>(Codec<T> codec, T value)
    {
        using var writer = new CodecWriter();
        codec.Write(writer, value);
        return writer.ToArray();
    }

    private static T Read<T>(Codec<T> codec, byte[] bytes)
    {
        var reader = new CodecReader(bytes);
        var value = codec.Read(ref reader);
        reader.ExpectEnd();
        return value;
    }

    private interface IShape;

    private interface IUnnamed;

    private sealed record Circle(double Radius) : IShape;

    private sealed record Square(double Side) : IShape;

    private sealed record Triangle : IShape;

    private sealed record Node(int Value, Node? Next);

    private sealed record Tree(string Name, List<Tree> Children, Dictionary<string, Tree> ByName);

    private sealed record Blob(byte[] Bytes, Blob? Next);

    private sealed record SelfWithFunction(SelfWithFunction? Next, Func<int> Function);

    private sealed record With<T>(T Member, int Last);

    private sealed record Frame(IShape Inner) : IShape;

    [System.Runtime.CompilerServices.InlineArray(8)]
    private struct Eight
    {
        private int _first;
    }

    private sealed record Without(int Last);

    private sealed class Ring
    {
        public Ring? Next { get; set; }
    }
}
