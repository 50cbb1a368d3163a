using Millrace.Data;

namespace Millrace.Connectors.Logs;

/// <summary>How a <see cref="LogSource{T}"/> reads.</summary>
public sealed record LogSourceOptions
{
    private const int ReaderCharsMax = 100;

    /// <summary>A name under which the source says what it needs no more, so that the writer keeps what it needs; one for each job that reads.</summary>
    /// <value>Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>. Default null: the writer knows nothing of it and deletes by its other limits.</value>
    public string? Reader { get; init; }

    internal void Validate(string description)
    {
        if (Reader is { } name && (name.Length is 0 or > ReaderCharsMax || name[0] == '.' || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.')))
            throw new GraphException($"{description}: a Reader of 1 to {ReaderCharsMax} letters, digits, -, _ and . expected, another found; correct it.");
    }
}
