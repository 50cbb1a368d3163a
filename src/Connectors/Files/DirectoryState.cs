using System.Globalization;
using System.Text;

namespace Millrace.Connectors.Files;

/// <summary>What a later reader of a directory must know of an earlier one's listings.</summary>
/// <remarks>
/// <para>As text: <c>1 1700000060000 1699999990000|1700000000000 12 5:a.txt|</c> is version 1, the time of the last listing (<c>-</c>: none), the threshold,
/// and for each file modification time and size in bytes, then the length of the name in UTF-16 units and the name.</para>
/// <para>Lengths and not separators, since a name may hold any character.</para>
/// </remarks>
/// <param name="ListedMs">When the directory was last listed, in ms since 1970; null: never yet.</param>
/// <param name="ThresholdMs">Files modified at or before it are left alone.</param>
/// <param name="Files">The files.</param>
internal sealed record DirectoryState(long? ListedMs, long ThresholdMs, IReadOnlyList<SeenFile> Files)
{
    private const string Version = "1";
    private const char FieldEnd = ' ';
    private const char HeadEnd = '|';
    private const char LengthEnd = ':';

    /// <summary>The text.</summary>
    public string Format()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Version} {(ListedMs is { } listed ? listed.ToString(CultureInfo.InvariantCulture) : "-")} {ThresholdMs}|");
        foreach (var file in Files)
            text.Append(CultureInfo.InvariantCulture, $"{file.ModifiedMs} {file.SizeBytes} {file.Name.Length}:").Append(file.Name).Append(HeadEnd);
        return text.ToString();
    }

    /// <summary>What <see cref="Format"/> gave.</summary>
    /// <exception cref="FormatException">It is no such text, or one of another version.</exception>
    public static DirectoryState Parse(string text)
    {
        var rest = text.AsSpan();
        var version = Next(ref rest, FieldEnd);
        if (!version.SequenceEqual(Version))
            throw new FormatException($"version {Version} expected, {FilePaths.Printable(version[..Math.Min(version.Length, 20)].ToString())} found");
        var listed = Next(ref rest, FieldEnd);
        long? listedMs = listed is "-" ? null : Number(listed);
        var thresholdMs = Number(Next(ref rest, HeadEnd));
        var files = new List<SeenFile>();
        while (!rest.IsEmpty)
            files.Add(NextFile(ref rest));
        return new(listedMs, thresholdMs, files);
    }

    private static SeenFile NextFile(ref ReadOnlySpan<char> rest)
    {
        var modifiedMs = Number(Next(ref rest, FieldEnd));
        var sizeBytes = Number(Next(ref rest, FieldEnd));
        var length = Number(Next(ref rest, LengthEnd));
        if (sizeBytes < 0 || length < 1 || length >= rest.Length || rest[(int)length] != HeadEnd)
            throw new FormatException($"a size and a name of its length expected, {sizeBytes} bytes, length {length} and {rest.Length} characters found");
        var name = rest[..(int)length].ToString();
        rest = rest[((int)length + 1)..];
        return new(name, modifiedMs, sizeBytes);
    }

    private static ReadOnlySpan<char> Next(ref ReadOnlySpan<char> rest, char end)
    {
        var length = rest.IndexOf(end);
        if (length < 0)
            throw new FormatException($"'{end}' expected, the end of the text found");
        var field = rest[..length];
        rest = rest[(length + 1)..];
        return field;
    }

    private static long Number(ReadOnlySpan<char> field) => long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
        ? number
        : throw new FormatException($"a number expected, '{FilePaths.Printable(field[..Math.Min(field.Length, 20)].ToString())}' found");
}
