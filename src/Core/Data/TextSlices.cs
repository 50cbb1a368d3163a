namespace Millrace.Data;

/// <summary>Cuts lines into slices.</summary>
public static class TextSlices
{
    /// <summary>The pieces of a line between separators, empty ones too, in order and without allocation: what <c>line.Split(separator)</c> returns.</summary>
    public static TextSliceSequence Slices(this string line, char separator)
    {
        ArgumentNullException.ThrowIfNull(line);
        return new TextSliceSequence(line, separator);
    }
}
