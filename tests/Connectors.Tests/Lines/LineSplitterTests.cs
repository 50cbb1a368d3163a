using System.Text;
using CsCheck;
using Millrace.Connectors.Lines;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Lines;

public sealed class LineSplitterTests
{
    private readonly Dictionary<string, int> _skipped = [];

    [Theory]
    [InlineData("a\nb\n", "a|b")]
    [InlineData("a\r\nb\n", "a|b")]
    [InlineData("a\rb\n", "a\rb")]
    [InlineData("a\r\r\n", "a\r")]
    [InlineData("\n\r\n", "|")]
    [InlineData("a\0b\n", "a\0b")]
    [InlineData("a\nrest", "a|rest")]
    [InlineData("rest\r", "rest")]
    [InlineData("\uFEFFa\n\uFEFFb\n", "a|\uFEFFb")]
    [InlineData("äöü €\n", "äöü €")]
    public void Lines_are_cut_at_line_feeds(string text, string expected)
    {
        var lines = Split(Encoding.UTF8.GetBytes(text), [], 100);

        Assert.Equal(expected.Split('|'), lines);
        Assert.Empty(_skipped);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\uFEFF")]
    public void Nothing_but_a_mark_is_no_line(string text) => Assert.Empty(Split(Encoding.UTF8.GetBytes(text), [], 100));

    [Fact]
    public void Half_a_mark_is_text()
    {
        var lines = Split([0xEF, 0xBB], [1], 100);

        Assert.Equal(["\uFFFD"], lines);
    }

    [Fact]
    public void Invalid_utf8_is_replaced_and_counted_once_a_line()
    {
        var lines = Split([(byte)'a', 0xFF, (byte)'b', 0xC3, (byte)'\n', (byte)'c', (byte)'\n'], [2, 4], 100);

        Assert.Equal(["a\uFFFDb\uFFFD", "c"], lines);
        Assert.Equal(1, _skipped[LineSplitter.InvalidUtf8]);
    }

    [Theory]
    [InlineData("abc\n", 0)]
    [InlineData("abc\r\n", 0)]
    [InlineData("abc", 0)]
    [InlineData("\uFEFFabc\n", 0)]
    [InlineData("abcd\n", 1)]
    [InlineData("abcd\r\n", 1)]
    [InlineData("abc\r", 0)]
    [InlineData("abcd", 1)]
    public void Limit_counts_the_bytes_without_the_end(string text, int oversized)
    {
        for (var cut = 0; cut <= text.Length; cut++)
        {
            _skipped.Clear();
            var lines = Split(Encoding.UTF8.GetBytes(text), [cut], 3);

            Assert.Equal(1 - oversized, lines.Count);
            Assert.Equal(oversized, _skipped.GetValueOrDefault(LineSplitter.OversizedLine));
        }
    }

    [Fact]
    public void Endless_line_takes_no_more_memory_than_the_limit()
    {
        var splitter = Splitter(10_000, LinePolicy.Drop);
        var lines = new List<string>();
        var chunk = new byte[4096];
        for (var i = 0; i < 10_000; i++)
            splitter.Push(chunk, lines);
        splitter.Push("\nnext\n"u8, lines);

        Assert.Equal(["next"], lines);
        Assert.Equal(1, _skipped[LineSplitter.OversizedLine]);
        Assert.InRange(splitter.PartialCapacityBytes, 0, 10_001);
    }

    [Fact]
    public void Fail_policy_names_the_limit()
    {
        var splitter = Splitter(3, LinePolicy.Fail);

        var error = Assert.Throws<SourceFailedException>(() => splitter.Push("ab\nabcd"u8, []));

        Assert.Contains("LineLengthMaxBytes = 3", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void Chunks_never_change_the_lines()
    {
        byte[] alphabet = [(byte)'a', (byte)'b', (byte)'\n', (byte)'\n', (byte)'\r', 0, 0xEF, 0xBB, 0xBF, 0xC3, 0xA4, 0xFF];
        var bytes = Gen.Int[0, alphabet.Length - 1].Select(index => alphabet[index]).Array[0, 60];
        Gen.Select(bytes, Gen.Int[0, 60].Array[0, 10], Gen.Int[1, 8]).Sample(
            (text, cuts, limit) =>
            {
                var (plain, plainSkipped) = Run(text, [], limit);
                var (chunked, chunkedSkipped) = Run(text, cuts, limit);
                Assert.Equal(Naive(text, limit), plain);
                Assert.Equal(plain, chunked);
                Assert.Equal(plainSkipped, chunkedSkipped);
            },
            iter: 20_000,
            threads: 1);
    }

    /// <summary>The definition, on the whole text at once.</summary>
    private static List<string> Naive(byte[] text, int limit)
    {
        if (text is [0xEF, 0xBB, 0xBF, ..])
            text = text[3..];
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            var atEnd = i == text.Length;
            if (!atEnd && text[i] != '\n')
                continue;
            var line = text[start..i];
            start = i + 1;
            if (atEnd && line.Length == 0)
                break;
            if (line is [.., (byte)'\r'])
                line = line[..^1];
            if (line.Length <= limit)
                lines.Add(Encoding.UTF8.GetString(line));
        }

        return lines;
    }

    private static (List<string> Lines, string Skipped) Run(byte[] text, int[] cuts, int limit)
    {
        var tests = new LineSplitterTests();
        var lines = tests.Split(text, cuts, limit);
        return (lines, string.Join(' ', tests._skipped.OrderBy(entry => entry.Key, StringComparer.Ordinal)));
    }

    private List<string> Split(byte[] text, int[] cuts, int limit)
    {
        var splitter = Splitter(limit, LinePolicy.Drop);
        var lines = new List<string>();
        var start = 0;
        foreach (var cut in cuts.Append(text.Length).Select(cut => Math.Min(cut, text.Length)).Order())
        {
            splitter.Push(text.AsSpan(start, cut - start), lines);
            start = cut;
        }

        splitter.End(lines);
        return lines;
    }

    private LineSplitter Splitter(int limit, LinePolicy policy) =>
        new("socket test:1", limit, policy, reason => _skipped[reason] = _skipped.GetValueOrDefault(reason) + 1);
}
