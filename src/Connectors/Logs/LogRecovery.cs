using System.Buffers.Binary;

namespace Millrace.Connectors.Logs;

/// <summary>Finds the end of the last segment of a partition, checking every record of it.</summary>
internal static class LogRecovery
{
    /// <summary>What is intact.</summary>
    /// <param name="End">The offset behind the last record.</param>
    /// <param name="Bytes">Where it ends; what follows is a record that a crash tore.</param>
    /// <param name="Salt">The segment's salt.</param>
    /// <param name="Entries">The index.</param>
    internal readonly record struct Recovered(long End, long Bytes, uint Salt, List<(long Offset, int Position)> Entries);

    /// <exception cref="LogException">A record is damaged and intact ones follow: no crash leaves that.</exception>
    public static Recovered Run(LogPartition partition, long first)
    {
        using var segment = new LogSegmentReader(partition, first);
        var entries = new List<(long Offset, int Position)>();
        var indexedAt = (long)LogLayout.HeaderBytes;
        var end = (segment.Offset, segment.Position);
        LogException? damage = null;
        try
        {
            while (segment.TryRead(out _))
            {
                if (end.Position - indexedAt >= LogLayout.IndexSpacingBytes)
                {
                    indexedAt = end.Position;
                    entries.Add((end.Offset, (int)indexedAt));
                }

                end = (segment.Offset, segment.Position);
            }
        }
        catch (LogException error)
        {
            damage = error;
        }

        // Why look further also where no damage was seen: a flipped bit in a length makes a record seem to reach behind the end of the file.
        if (end.Position < segment.FileBytes && IntactFollows(partition.SegmentPath(first), end.Position, segment.Salt))
            throw damage ?? partition.Damaged(first, end.Position, "one with a wrong length");
        return new(end.Offset, end.Position, segment.Salt, entries);
    }

    private static bool IntactFollows(string path, long position, uint salt)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var rest = new byte[RandomAccess.GetLength(file) - position];
        var bytes = rest.AsSpan(0, RandomAccess.Read(file, rest, position));
        for (var start = 1; start + LogLayout.FrameBytes <= bytes.Length; start++)
        {
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[start..]);
            if (length <= bytes.Length - start - LogLayout.FrameBytes && LogLayout.IsIntact(bytes.Slice(start, LogLayout.FrameBytes + (int)length), salt))
                return true;
        }

        return false;
    }
}
