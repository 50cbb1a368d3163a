using System.Runtime.InteropServices;
using Millrace.Bench.Macro.Workloads;
using WordLookup = System.Collections.Generic.Dictionary<string, int>.AlternateLookup<System.ReadOnlySpan<char>>;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The user code of every program that keeps the window by hand: a number per word, an array of counts per slide.</summary>
internal sealed class SlidingCounts
{
    // program: handwritten w2s span
    // program: handwritten w2s split
    // program: handwritten w3 span
    // program: handwritten w3 split
    private readonly List<string> _words = [];
    private readonly int[][] _slides = new int[SlidingWordCount.SlidesPerWindow][];
    private readonly WordLookup _numbers = new Dictionary<string, int>().GetAlternateLookup<ReadOnlySpan<char>>();
    private int[] _slide = [];
    private int[] _window = [];
    private int _oldest;

    public SlidingCounts() => Array.Fill(_slides, []);

    public void CountBySpan(ReadOnlySpan<char> line)
    {
        for (var end = line.IndexOf(' '); end >= 0; end = line.IndexOf(' '))
        {
            Count(line[..end]);
            line = line[(end + 1)..];
        }

        Count(line);
    }

    public void CountBySplit(string line)
    {
        foreach (var word in line.Split(' ')) Count(word);
    }

    /// <summary>Puts the slide that is complete into the window, takes out the one that leaves it.</summary>
    public SlidingCounts EndSlide()
    {
        ref var oldest = ref _slides[_oldest];
        for (var number = 0; number < _words.Count; number++) _window[number] += _slide[number];
        for (var number = 0; number < oldest.Length; number++) _window[number] -= oldest[number];
        (oldest, _slide) = (_slide, oldest);
        Array.Resize(ref _slide, _window.Length);
        Array.Clear(_slide);
        _oldest = (_oldest + 1) % _slides.Length;
        return this;
    }

    /// <summary>The words of the window.</summary>
    public IEnumerable<KeyValuePair<string, long>> Table()
    {
        for (var number = 0; number < _words.Count; number++)
        {
            if (_window[number] > 0) yield return new(_words[number], _window[number]);
        }
    }

    /// <summary>The most frequent words of the window, most frequent first.</summary>
    public IEnumerable<KeyValuePair<string, long>> Top()
    {
        var top = new List<KeyValuePair<string, long>>(TopWords.Count + 1);
        for (var number = 0; number < _words.Count; number++)
        {
            var count = _window[number];
            if (count == 0 || (top.Count == TopWords.Count && count < top[^1].Value)) continue;

            var (word, place) = (_words[number], top.Count);
            while (place > 0 && IsBefore(word, count, top[place - 1])) place--;
            top.Insert(place, new(word, count));
            if (top.Count > TopWords.Count) top.RemoveAt(TopWords.Count);
        }

        return top;
    }

    private static bool IsBefore(string word, long count, KeyValuePair<string, long> other) =>
        count > other.Value || (count == other.Value && string.CompareOrdinal(word, other.Key) < 0);

    private void Count(ReadOnlySpan<char> word)
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(_numbers, word, out var isKnown);
        if (!isKnown) number = Add(word.ToString());
        _slide[number]++;
    }

    private int Add(string word)
    {
        if (_words.Count == _window.Length)
        {
            var length = Math.Max(1024, 2 * _window.Length);
            Array.Resize(ref _window, length);
            Array.Resize(ref _slide, length);
        }

        _words.Add(word);
        return _words.Count - 1;
    }

    // end
}
