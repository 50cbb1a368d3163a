using System.Buffers;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>How a <see cref="FileSink{T}"/> writes a row: the bytes must follow from the row alone, since a write may be repeated.</summary>
public sealed class FileSinkFormat<T>
{
    private const int ExtensionCharsMax = 20;

    /// <param name="extension">The end of the files' names without the dot: letters and digits, up to 20.</param>
    /// <param name="write">Writes a row with its end; called on a thread of the pool.</param>
    /// <param name="header">What every file begins with.</param>
    /// <exception cref="GraphException">The extension is not one; <c>tmp</c> is taken.</exception>
    public FileSinkFormat(string extension, Action<T, IBufferWriter<byte>> write, ReadOnlyMemory<byte> header = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (extension is not { Length: > 0 and <= ExtensionCharsMax } || !extension.All(char.IsAsciiLetterOrDigit) || extension == "tmp")
            throw new GraphException($"File format: an extension of 1 to {ExtensionCharsMax} letters and digits other than tmp expected, {FilePaths.Printable(extension ?? "none")} found; correct it.");
        (Extension, Write, Header) = (extension, write, header);
    }

    /// <summary>The end of the files' names, without the dot.</summary>
    public string Extension { get; }

    internal Action<T, IBufferWriter<byte>> Write { get; }

    internal ReadOnlyMemory<byte> Header { get; }
}
