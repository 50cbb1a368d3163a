using System.Buffers;
using System.Globalization;
using System.Text;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>How a <see cref="FileSink{T}"/> writes rows.</summary>
public static class FileSinkFormat
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    /// <summary>A line of UTF-8 text for each row, ended by <c>\n</c>. A row that holds a line end fails the job: it would be read as two.</summary>
    public static FileSinkFormat<string> Lines { get; } = new("txt", WriteLine);

    /// <summary>Comma-separated values by RFC 4180 with <c>\n</c>, in UTF-8; a first line in every file names the columns.</summary>
    /// <remarks>Values are written by the invariant culture; null is empty, and empty text is quoted.</remarks>
    /// <param name="escapeFormulas">Whether to put <c>'</c> before text that a spreadsheet would run: that begins with <c>= + - @</c>, a tab or a return.</param>
    /// <param name="columns">Names and values.</param>
    public static FileSinkFormat<T> Csv<T>(bool escapeFormulas, params (string Name, Func<T, object?> Value)[] columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Length == 0)
            throw new GraphException("CSV format: one column or more expected, none found; add one.");
        var header = new ArrayBufferWriter<byte>();
        WriteValues(columns.Select(column => (object?)column.Name), escapeFormulas, header);
        return new("csv", (row, target) => WriteValues(columns.Select(column => column.Value(row)), escapeFormulas, target), header.WrittenMemory);
    }

    private static void WriteLine(string row, IBufferWriter<byte> target)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (row.AsSpan().ContainsAny('\r', '\n'))
            throw new FormatException("a line without a line end in it expected, one with found; use another format.");
        Encoding.UTF8.GetBytes(row, target);
        target.Write("\n"u8);
    }

    private static void WriteValues(IEnumerable<object?> values, bool escapeFormulas, IBufferWriter<byte> target)
    {
        var isFirst = true;
        foreach (var value in values)
        {
            if (!isFirst)
                target.Write(","u8);
            isFirst = false;
            if (value is not null)
                Encoding.UTF8.GetBytes(Escape(value, escapeFormulas), target);
        }

        target.Write("\n"u8);
    }

    private static string Escape(object value, bool escapeFormulas)
    {
        var text = value as string ?? (value as IFormattable)?.ToString(value is DateTimeOffset or DateTime ? "o" : null, CultureInfo.InvariantCulture) ?? value.ToString() ?? "";
        // Numbers are no formulas, so that a minus stays.
        if (escapeFormulas && value is string or char && text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..])
            text = "'" + text;
        var isQuoted = text.Length == 0 || text.AsSpan().ContainsAny(Quoted) || char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]);
        return isQuoted ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
