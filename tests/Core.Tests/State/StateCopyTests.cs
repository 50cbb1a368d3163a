using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Millrace.Data;

namespace Millrace.State;

public sealed class StateCopyTests
{
    private static readonly OperatorId Tally = new("tally");

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
        Assert.Null(StateCopy.Of<long>(Tally));
        Assert.Null(StateCopy.Of<string>(Tally));
        Assert.Null(StateCopy.Of<(int, string?)>(Tally));
        Assert.Null(StateCopy.Of<DateTime?>(Tally));
        Assert.Null(StateCopy.Of<ImmutableList<string>>(Tally));
        Assert.Null(StateCopy.Of<Total>(Tally));
        Assert.Null(StateCopy.Of<KeyValuePair<string, Total>>(Tally));
    }

    [Fact]
    public void Collections_are_copied_with_their_comparers()
    {
        var words = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["a"] = 1 };
        var copy = StateCopy.Of<Dictionary<string, int>>(Tally)!(words);
        copy["b"] = 2;

        Assert.Single(words);
        Assert.Equal(1, copy["A"]);
        AssertCopies<List<int>>([1, 2], items => items.Add(3), items => items);
        AssertCopies<int[]>([1, 2], items => items[0] = 9, items => items);
        AssertCopies<HashSet<int>>([1, 2], items => items.Add(3), items => items);
        AssertCopies<Queue<int>>(new([1, 2]), items => items.Dequeue(), items => items);
        AssertCopies<StringBuilder>(new("ab"), text => text.Append('c'), text => $"{text}".Select(letter => (int)letter));
        Assert.Null(StateCopy.Of<List<int>>(Tally)!(null!));
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

    [Fact]
    public void Collections_without_a_codec_are_copied_as_well()
    {
        AssertCopies<LinkedList<int>>(new([1, 2]), items => items.AddLast(3), items => items);
        AssertCopies<Stack<int>>(new([1, 2]), items => items.Pop(), items => items);
        AssertCopies<SortedList<int, int>>(new() { [1] = 1 }, items => items.Add(0, 2), items => items.Keys);
        AssertCopies<PriorityQueue<int, int>>(new([(1, 1)]), items => items.Enqueue(2, 0), items => items.UnorderedItems.Select(item => item.Element));
        AssertCopies<ConcurrentDictionary<int, int>>(new() { [1] = 1 }, items => items.TryAdd(2, 2), items => items.Keys.Order());
        AssertCopies<ConcurrentQueue<int>>(new([1]), items => items.Enqueue(2), items => items);
        AssertCopies<object[]>([1, new List<int> { 1 }], items => ((List<int>)items[1]).Add(2), items => (List<int>)items[1]);
        AssertCopies<int[,]>(new int[1, 1], items => items[0, 0] = 2, items => items.Cast<int>());
        AssertCopies<ArrayList>(new(new[] { 1 }), items => items.Add(2), items => items.Cast<int>());
        AssertCopies<IEnumerable<int>>(new List<int> { 1 }, items => ((List<int>)items).Add(2), items => items);
        AssertCopies<ImmutableList<List<int>>>([[1]], items => items[0].Add(2), items => items[0]);
        AssertCopies<ImmutableArray<List<int>>>([[1]], items => items[0].Add(2), items => items[0]);
        AssertCopies<(int, List<int>)?>((1, [1]), pair => pair!.Value.Item2.Add(2), pair => pair!.Value.Item2);
        AssertCopies<object>((1, new List<int> { 1 }), pair => (((int, List<int>))pair).Item2.Add(2), pair => (((int, List<int>))pair).Item2);
    }

    private class Node
    {
        public int Number { get; set; }

        public Node? Next { get; set; }
    }

    private sealed class Named : Node
    {
        public List<int> Numbers { get; } = [];
    }

    [Fact]
    public void Objects_that_refer_to_themselves_and_derived_ones_keep_their_shape()
    {
        var ring = new Node { Number = 1, Next = new Named { Number = 2 } };
        ring.Next.Next = ring;

        var copy = StateCopy.Of<Node>(Tally)!(ring);

        Assert.NotSame(ring, copy);
        Assert.Same(copy, copy.Next!.Next);
        Assert.NotSame(ring.Next, copy.Next);
        Assert.NotSame(((Named)ring.Next).Numbers, Assert.IsType<Named>(copy.Next).Numbers);
    }

    private sealed class Twice
    {
        public List<int> First { get; init; } = [];

        public List<int> Second { get; init; } = [];
    }

    [Fact]
    public void Two_references_to_one_object_stay_so()
    {
        var shared = new List<int> { 1 };

        var copy = StateCopy.Of<Twice>(Tally)!(new() { First = shared, Second = shared });

        Assert.Same(copy.First, copy.Second);
        Assert.NotSame(shared, copy.First);
    }

    [Fact]
    public void A_long_chain_takes_no_deep_stack()
    {
        var first = new Node();
        for (var (last, number) = (first, 1); number < 1_000_000; number++)
            last = last.Next = new Node { Number = number };

        var node = StateCopy.Of<Node>(Tally)!(first);

        for (var number = 0; number < 1_000_000; number++, node = node.Next!)
            Assert.Equal(number, node.Number);
        Assert.Null(node);
    }

    private sealed class Mark;

    [Fact]
    public void Items_are_found_by_copied_keys_without_hashes_of_their_own()
    {
        var (first, second) = (new List<int> { 1 }, new Node { Number = 2 });

        var map = StateCopy.Of<Dictionary<List<int>, int>>(Tally)!(new() { [first] = 7 });
        var set = StateCopy.Of<HashSet<Node>>(Tally)!([second]);
        var table = StateCopy.Of<Hashtable>(Tally)!(new Hashtable { [second] = 9 });

        Assert.Equal(7, map[map.Keys.Single()]);
        Assert.False(map.ContainsKey(first));
        Assert.Contains(set.Single(), set);
        Assert.DoesNotContain(second, set);
        Assert.Equal(9, table[table.Keys.Cast<Node>().Single()]);
        Assert.Contains("finds its items by keys that can be changed", Assert.Throws<JobEndingException>(
            () => StateCopy.Of<ImmutableHashSet<Node>>(Tally)!([second])).Message, StringComparison.Ordinal);
    }

    private sealed class Compared : IComparer<Compared>
    {
        public int Sum { get; set; }

        public int Compare(Compared? x, Compared? y) => Comparer<int?>.Default.Compare(x?.Sum, y?.Sum);
    }

    [Fact]
    public void A_state_that_compares_is_copied_like_others() =>
        AssertCopies<Compared>(new() { Sum = 1 }, state => state.Sum = 2, state => [state.Sum]);

    [Fact]
    public void A_lookup_by_what_is_copied_is_refused() =>
        Assert.Contains("takes none anew", Assert.Throws<JobEndingException>(
            () => StateCopy.Of<ILookup<Node, int>>(Tally)!(new[] { new Node() }.ToLookup(node => node, node => 1))).Message, StringComparison.Ordinal);

    private sealed class Noted
    {
        [NonSerialized]
        public readonly List<int> Cache = [];

        public int Count;
        public readonly object Lock = new();
        public Mark Mark = new();
        public Func<int, int> Twice = number => number * 2;
    }

    [Fact]
    public void Marked_fields_are_left_out_and_functions_without_captures_stay()
    {
        var noted = new Noted { Count = 3 };

        var copy = StateCopy.Of<Noted>(Tally)!(noted);

        Assert.Null(copy.Cache);
        Assert.Equal((3, 8), (copy.Count, copy.Twice(4)));
        Assert.NotSame(noted.Lock, copy.Lock);
        Assert.Same(noted.Mark, copy.Mark);
    }

    [Fact]
    public void What_can_not_be_copied_is_named_with_its_holder()
    {
        var captured = 1;
        var noted = new Noted { Twice = number => number * captured++ };

        var function = Assert.Throws<JobEndingException>(() => StateCopy.Of<Noted>(Tally)!(noted)).Message;
        var task = Assert.Throws<JobEndingException>(() => StateCopy.Of<object[]>(Tally)!([Task.CompletedTask])).Message;
        var handle = Assert.Throws<JobEndingException>(() => StateCopy.Of<object>(Tally)!(new WeakReference(noted))).Message;

        Assert.Equal(
            "Operator tally: a state of type Noted that can be copied expected, so that a failed epoch can go back to it; Func<Int32, Int32> inside " +
            "Noted found, which is a function that captures what can be changed. Keep plain values in the state, or mark the field with [NonSerialized].",
            function);
        Assert.Contains(" inside Object[] found, which stands for something outside of the state.", task, StringComparison.Ordinal);
        Assert.Contains("WeakReference found, which stands", handle, StringComparison.Ordinal);
        Assert.Equal([1], StateCopy.Of<List<int>>(Tally)!([1]));
    }

    private static void AssertCopies<T>(T value, Action<T> change, Func<T, IEnumerable<int>> look)
    {
        var before = look(value).ToArray();
        var copy = StateCopy.Of<T>(Tally)!(value);
        Assert.Equal(before, look(copy));
        change(copy);
        Assert.Equal(before, look(value));
        Assert.NotEqual(before, look(copy));
    }
}
