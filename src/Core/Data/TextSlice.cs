namespace Millrace.Data;

/// <summary>A piece of a string, such as a word of a line, without a string of its own.</summary>
/// <remarks>
/// Equal by content and hashed like the equal string. It holds on to the whole text: what keeps one for long
/// (tables do) keeps <see cref="Detach"/> of it. The default value is the empty text.
/// </remarks>
public readonly struct TextSlice : IEquatable<TextSlice>
{
    private readonly string? _text;
    private readonly int _start;

    /// <summary>The <paramref name="length"/> characters of <paramref name="text"/> from <paramref name="start"/> on.</summary>
    public TextSlice(string text, int start, int length)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)text.Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(text.Length - start));
        _text = text;
        _start = start;
        Length = length;
    }

    /// <summary>The whole of a string.</summary>
    public TextSlice(string? text)
    {
        _text = text;
        Length = text?.Length ?? 0;
    }

    /// <value>The number of UTF-16 code units.</value>
    public int Length { get; }

    public static implicit operator TextSlice(string? text) => new(text);

    public static bool operator ==(TextSlice left, TextSlice right) => left.Equals(right);

    public static bool operator !=(TextSlice left, TextSlice right) => !left.Equals(right);

    /// <summary>The characters, in place.</summary>
    public ReadOnlySpan<char> AsSpan() => _text.AsSpan(_start, Length);

    /// <summary>The same text in a string of its own; this slice itself when it already is a whole string.</summary>
    public TextSlice Detach() => _text is null || Length == _text.Length ? this : new TextSlice(ToString());

    /// <summary>The text as a string: allocates unless the slice is a whole string.</summary>
    public override string ToString() =>
        _text is null ? "" : Length == _text.Length ? _text : _text.Substring(_start, Length);

    public bool Equals(TextSlice other) => AsSpan().SequenceEqual(other.AsSpan());

    public override bool Equals(object? obj) => obj is TextSlice other && Equals(other);

    public override int GetHashCode() => (int)StableHash.OfText(AsSpan());
}
