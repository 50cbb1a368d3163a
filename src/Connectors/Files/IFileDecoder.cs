namespace Millrace.Connectors.Files;

/// <summary>Turns the bytes of one file into rows. Called by one task, chunk by chunk, in order.</summary>
/// <remarks>The rows must follow from the bytes alone: a file is read again after a failure, and gives the same rows at the same places.</remarks>
public interface IFileDecoder<T>
{
    /// <summary>Adds the rows that are complete with these bytes, at most one row a byte; the rest is kept for the next call.</summary>
    /// <param name="chunk">The next bytes; not to be kept.</param>
    /// <param name="isLast">Whether the file ends with them: what was kept is now a row, or nothing.</param>
    /// <param name="rows">Where to add the rows.</param>
    void Push(ReadOnlySpan<byte> chunk, bool isLast, List<T> rows);
}
