namespace Millrace.Data;

/// <summary>The slices of one line, enumerated by <c>foreach</c> on the stack.</summary>
/// <remarks>It is its own enumerator; <see cref="GetEnumerator"/> starts again at the front of the line.</remarks>
public struct TextSliceSequence
{
    private readonly string _line;
    private readonly char _separator;
    private int _next;

    internal TextSliceSequence(string line, char separator)
    {
        _line = line;
        _separator = separator;
    }

    /// <value>The slice found by the last <see cref="MoveNext"/>.</value>
    public TextSlice Current { get; private set; }

    public readonly TextSliceSequence GetEnumerator() => new(_line, _separator);

    public bool MoveNext()
    {
        if (_next > _line.Length)
        {
            return false;
        }

        var length = _line.AsSpan(_next).IndexOf(_separator);
        length = length < 0 ? _line.Length - _next : length;
        Current = new TextSlice(_line, _next, length);
        _next += length + 1;
        return true;
    }
}
