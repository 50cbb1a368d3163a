namespace Millrace.Connectors.Logs;

/// <summary>What was cut off from the end of a segment, since it was no whole record: a process was killed while it wrote.</summary>
/// <param name="Path">The segment's file.</param>
/// <param name="Position">Where in the file the cut is.</param>
/// <param name="Offset">The offset that the torn record would have had, and the next one gets.</param>
/// <param name="Bytes">How many bytes were behind it.</param>
internal readonly record struct LogTear(string Path, long Position, long Offset, long Bytes);
