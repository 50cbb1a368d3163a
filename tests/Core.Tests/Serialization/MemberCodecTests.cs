using System.Runtime.CompilerServices;
using CsCheck;
using Millrace.Data;
using static Millrace.Core.Tests.Serialization.CodecTestValues;

namespace Millrace.Core.Tests.Serialization;

/// <summary>Records, classes, structs and tuples come back with every member, without a constructor.</summary>
public sealed class MemberCodecTests
{
    private sealed record Order(long Id, string? Customer, decimal Price, DateTime At, List<Line> Lines);

    private sealed record Line(string Product, int Count);

    private readonly record struct Point(double X, double Y);

    private class Animal(string name)
    {
        private int _meals;

        public string Name { get; } = name;

        public int Meals => _meals;

        public void Eat() => _meals++;
    }

    private sealed class Dog(string name, int age) : Animal(name)
    {
        private readonly int _meals = 7;

        public int Age() => age;

        public int OwnMeals() => _meals;
    }

    private struct Mutable
    {
        public int Field;

        public string? Text { get; init; }
    }

    private sealed class Cached
    {
        [NonSerialized]
        public int Cache = 5;

        public int Kept = 6;
    }

    private sealed class Throwing
    {
        public Throwing() => throw new InvalidOperationException("A constructor was called.");

        public int Value { get; set; }
    }

    private sealed class Empty;

    private sealed record Holder<T>(T Value, Holder<T>.Inner Part)
    {
        public sealed record Inner(T Value);
    }

    [Fact]
    public void Records_come_back() =>
        Gen.Select(Gen.Long, Gen.String[Gen.Char, 0, 5].Null(), Gen.Decimal, Gen.DateTime, Gen.Int.Array[0, 4]).Sample((id, customer, price, at, counts) =>
        {
            var order = new Order(id, customer, price, at, [.. counts.Select(count => new Line("p", count))]);

            var back = Back(order);

            Assert.Equal(order with { Lines = back.Lines }, back);
            Assert.Equal(order.Lines, back.Lines);
        });

    [Fact]
    public void Tuples_of_every_length_come_back()
    {
        Same(ValueTuple.Create(1));
        Same((1, "2"));
        Same((1, "2", 3L));
        Same((1, "2", 3L, 4.0));
        Same((1, "2", 3L, 4.0, '5'));
        Same((1, "2", 3L, 4.0, '5', 6m));
        Same((1, "2", 3L, 4.0, '5', 6m, true));
        Same((1, "2", 3L, 4.0, '5', 6m, true, 8));
        Same((1, "2", 3L, 4.0, '5', 6m, true, 8, "9"));
        Same((1, "2", 3L, 4.0, '5', 6m, true, 8, "9", new Point(10, 11)));
        Same(Tuple.Create(1, "2"));
        Same(new Tuple<int, int, int, int, int, int, int, Tuple<string>>(1, 2, 3, 4, 5, 6, 7, new("8")));
        Same(KeyValuePair.Create("a", 1));
    }

    [Fact]
    public void Structs_classes_and_options_come_back()
    {
        Same(new Point(1, double.NegativeInfinity));
        Same(Option<int>.None);
        Same(new Option<string>("a"));
        Same(new Holder<int>(1, new(2)));
        Assert.Null(Back<Line?>(null));
        Assert.NotNull(Back(new Empty()));
        var back = Back(new Mutable { Field = 3, Text = "t" });
        Assert.Equal((3, "t"), (back.Field, back.Text));
    }

    [Fact]
    public void Private_state_of_class_and_base_and_captured_parameters_come_back()
    {
        var dog = new Dog("Rex", 4);
        dog.Eat();

        var back = Back(dog);

        Assert.Equal(("Rex", 1, 4, 7), (back.Name, back.Meals, back.Age(), back.OwnMeals()));
    }

    [Fact]
    public void Members_that_are_not_serialized_have_their_type_s_default()
    {
        var back = Back(new Cached { Cache = 9, Kept = 8 });
        Assert.Equal((0, 8), (back.Cache, back.Kept));
    }

    [Fact]
    public void No_constructor_runs()
    {
        var value = (Throwing)RuntimeHelpers.GetUninitializedObject(typeof(Throwing));
        value.Value = 3;
        Assert.Equal(3, Back(value).Value);
    }

    [Fact]
    public void Structs_are_written_without_allocating()
    {
        var codec = Catalog.Of<(long, (int, Point))>();
        using var writer = new Millrace.Serialization.CodecWriter(100_000);
        codec.Write(writer, (1, (2, new(3, 4))));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            codec.Write(writer, (i, (i, new(3, 4))));

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Same<T>(T value) => Assert.Equal(value, Back(value));
}
