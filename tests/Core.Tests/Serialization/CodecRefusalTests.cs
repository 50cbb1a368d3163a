using System.Runtime.CompilerServices;
using Millrace.Data;
using Millrace.Serialization;
using static Millrace.Core.Tests.Serialization.CodecTestValues;

namespace Millrace.Core.Tests.Serialization;

/// <summary>What can't be written is refused before a job runs, and says which member of what is in the way.</summary>
public sealed class CodecRefusalTests
{
    private const string Advice = "; keep what it stands for in members of plain types, or leave it out with [NonSerialized].";

    [Fact]
    public void Functions_and_what_belongs_to_the_process_are_refused_with_their_path()
    {
        Refused<With<Func<int>>>("With<Func<Int32>>.Member: a type that can be written expected, Func<Int32> found: a function can't be written");
        Refused<With<Task<int>>>("With<Task<Int32>>.Member: a type that can be written expected, Task<Int32> found: it stands for something of this process alone");
        Refused<With<List<MemoryStream>>>("With<List<MemoryStream>>.Member[]: a type that can be written expected, MemoryStream found: it stands for something of this process alone");
        Refused<With<nint>>("With<IntPtr>.Member: a type that can be written expected, IntPtr found: it stands for something of this process alone");
        Refused<Dictionary<string, Action>>("Dictionary<String, Action>[].value: a type that can be written expected, Action found: a function can't be written");
    }

    [Fact]
    public void Types_known_only_at_run_time_are_refused()
    {
        Refused<With<object>>("With<Object>.Member: a type that can be written expected, Object found: what it holds is known only when it runs");
        Refused<With<IComparable>>("With<IComparable>.Member: a type that can be written expected, IComparable found: what it holds is known only when it runs");
        Refused<With<Shape>>("With<Shape>.Member: a type that can be written expected, Shape found: what it holds is known only when it runs");
    }

    [Fact]
    public void Types_of_the_platform_and_classes_that_derive_from_them_are_refused()
    {
        Refused<With<Uri>>("With<Uri>.Member: a type that can be written expected, Uri found: its inside is the platform's own");
        Refused<Bag>("Bag: a type that can be written expected, Bag found: its inside is the platform's own");
        Refused<int[,]>("Int32[,]: a type that can be written expected, Int32[,] found: its inside is the platform's own");
    }

    [Fact]
    public void Members_that_stand_for_many_are_refused() =>
        Refused<With<Four>>("With<Four>.Member: a type that can be written expected, Four found: one member of it stands for many");

    [Fact]
    public void Types_that_hold_themselves_are_refused()
    {
        Refused<Node>("Node.Next: a type that can be written expected, Node found: it holds itself");
        Refused<Tree>("Tree.Children[].value.Tree: a type that can be written expected, Tree found: it holds itself");
    }

    [Fact]
    public void A_type_that_never_ends_is_refused()
    {
        var failure = Assert.Throws<GraphException>(() => Catalog.Of<Endless<int>>());
        Assert.EndsWith("its parts lie more than 64 deep in each other" + Advice, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_of_what_has_no_bytes_are_refused() =>
        Refused<Nothing[]>("Nothing[]: a type that can be written expected, Nothing found: an item without members has no bytes to be written");

    [Fact]
    public void A_value_of_a_derived_class_is_refused_when_it_is_written()
    {
        var failure = Assert.Throws<SchemaException>(() => Write(new With<Base>(new Derived())));
        Assert.Equal("A Base expected, a Derived found; declare the type that is stored, or make Base sealed.", failure.Message);
    }

    private static void Refused<T>(string message)
    {
        Assert.Equal(message + Advice, Assert.Throws<GraphException>(() => Catalog.Of<T>()).Message);
        // Why again: a refusal is not kept as if it were a codec.
        Assert.Throws<GraphException>(() => Catalog.Of<T>());
    }

    private sealed record With<T>(T Member);

    private abstract record Shape;

    private sealed class Bag : List<int>;

    private sealed record Node(int Value, Node? Next);

    private sealed record Tree(Dictionary<string, Branch> Children);

    private sealed record Branch(Tree Tree);

    private sealed record Endless<T>(Endless<List<T>>? Next);

    private struct Nothing;

    private class Base
    {
        public int Value { get; set; }
    }

    private sealed class Derived : Base;

    [InlineArray(4)]
    private struct Four
    {
        public int First;
    }
}
