using System.Collections.Immutable;
using System.Text;

namespace Millrace.State;

public sealed class StateCopyTests
{
    private sealed record Total(int Count, string Name, DateTime At);

    private sealed class Changing
    {
        public int Count { get; set; }

        public List<int> Items { get; } = [];
    }

    private sealed record Holder(List<int> Items);

    [Fact]
    public void What_can_not_be_changed_is_not_copied()
    {
        Assert.Null(StateCopy.Of<long>());
        Assert.Null(StateCopy.Of<string>());
        Assert.Null(StateCopy.Of<(int, string?)>());
        Assert.Null(StateCopy.Of<DateTime?>());
        Assert.Null(StateCopy.Of<ImmutableList<string>>());
        Assert.Null(StateCopy.Of<Total>());
        Assert.Null(StateCopy.Of<KeyValuePair<string, Total>>());
    }

    [Fact]
    public void Collections_are_copied_with_their_comparers()
    {
        var words = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 };
        var copy = StateCopy.Of<Dictionary<string, int>>()!(words);
        copy["b"] = 2;

        Assert.Single(words);
        Assert.Equal(1, copy["A"]);
        AssertCopies<List<int>>([1, 2], items => items.Add(3), items => items);
        AssertCopies<int[]>([1, 2], items => items[0] = 9, items => items);
        AssertCopies<HashSet<int>>([1, 2], items => items.Add(3), items => items);
        AssertCopies<Queue<int>>(new([1, 2]), items => items.Dequeue(), items => items);
        AssertCopies<StringBuilder>(new("ab"), text => text.Append('c'), text => $"{text}".Select(letter => (int)letter));
        Assert.Null(StateCopy.Of<List<int>>()!(null!));
    }

    [Fact]
    public void What_holds_something_that_changes_is_copied_through_and_through()
    {
        AssertCopies<Holder>(new([1]), holder => holder.Items.Add(2), holder => holder.Items);
        AssertCopies<Changing>(new() { Count = 1 }, changing => (changing.Count, _) = (2, changing), changing => [changing.Count]);
        AssertCopies<Changing>(new(), changing => changing.Items.Add(2), changing => changing.Items);
        AssertCopies<(int, List<int>)>((1, [1]), pair => pair.Item2.Add(2), pair => pair.Item2);
        AssertCopies<List<List<int>>>([[1]], lists => lists[0].Add(2), lists => lists[0]);
    }

    private static void AssertCopies<T>(T value, Action<T> change, Func<T, IEnumerable<int>> look)
    {
        var before = look(value).ToArray();
        var copy = StateCopy.Of<T>()!(value);
        Assert.Equal(before, look(copy));
        change(copy);
        Assert.Equal(before, look(value));
        Assert.NotEqual(before, look(copy));
    }
}
