namespace Millrace.Connectors.Logs;

/// <summary>The sparse index of a segment: where some of its records begin. A help alone: without it a segment is read from its start.</summary>
internal static class LogIndex
{
    /// <summary>The last entry at or before <paramref name="offset"/>; null where there is none, or none that is intact.</summary>
    public static (long Offset, int Position)? Find(string path, long offset, uint salt)
    {
        if (!File.Exists(path))
            return null;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> bytes = stackalloc byte[LogLayout.IndexEntryBytes];
        (long Offset, int Position)? found = null;
        var (low, high) = (0L, RandomAccess.GetLength(file) / LogLayout.IndexEntryBytes);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (RandomAccess.Read(file, bytes, middle * LogLayout.IndexEntryBytes) == bytes.Length
                && LogLayout.TryReadIndexEntry(bytes, salt, out var entry, out var position) && entry <= offset)
            {
                (found, low) = ((entry, position), middle + 1);
            }
            else
            {
                high = middle;
            }
        }

        return found;
    }
}
