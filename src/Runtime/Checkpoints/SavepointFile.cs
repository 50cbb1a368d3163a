using System.Buffers.Binary;
using System.Collections.Immutable;
using Millrace.Data;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Checkpoints;

/// <summary>A savepoint: the row that names a snapshot, then the images that it names, by task; it stands alone.</summary>
/// <remarks>
/// <code>
/// file  = chunk…
/// chunk = length (4 bytes, little-endian), the chunk as it stands in a journal (<see cref="RowChunkHeader"/>)
/// </code>
/// Written beside its name, flushed to the disk, then renamed: a file of that name is whole.
/// </remarks>
internal sealed record SavepointFile(JournalRows.Snapshotted Snapshot, ImmutableArray<JournalRows.TaskImage> Images)
{
    private const int ChunkSize = 1 << 20;
    private const string Unfinished = ".tmp";

    /// <exception cref="ConfigurationException">There is such a file, or it can't be written.</exception>
    public void Write(string path)
    {
        try
        {
            Refuse(path);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var stream = new FileStream(path + Unfinished, FileMode.Create, FileAccess.Write))
            {
                WriteRow(stream, Snapshot);
                foreach (var image in Images)
                    WriteRow(stream, image);
                stream.Flush(flushToDisk: true);
            }

            File.Move(path + Unfinished, path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"Savepoint {path}: a file that can be written expected, {cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}; choose another path, or make that one writable.", cause);
        }
    }

    /// <exception cref="ConfigurationException">There is such a file already: a savepoint is kept until somebody removes it. Or a directory.</exception>
    public static void Refuse(string path)
    {
        if (Directory.Exists(path) || Path.EndsInDirectorySeparator(path))
            throw new ConfigurationException($"Savepoint {path}: the name of a new file expected, that of a directory found; name a file in it, as {Path.Combine(path, "savepoint")}.");
        if (Path.Exists(path))
            throw new ConfigurationException($"Savepoint {path}: a new file expected, one found; remove it, or choose another name.");
    }

    /// <exception cref="ConfigurationException">It is not there, no savepoint, damaged, or of a later version.</exception>
    public static SavepointFile Read(string path)
    {
        if (Directory.Exists(path))
            throw new ConfigurationException($"Savepoint {path}: the file of a savepoint expected, a directory found; name the file in it.");
        if (!File.Exists(path))
            throw new ConfigurationException($"Savepoint {path}: the file of a savepoint expected, none found; correct the path.");
        try
        {
            var rows = ReadRows(path);
            if (rows is not [JournalRows.Snapshotted snapshot, ..])
                throw new RowFormatException("a snapshot as its first row expected");
            var images = rows.Skip(1).OfType<JournalRows.TaskImage>().ToImmutableArray();
            if (images.Length != snapshot.Images.Length || images.Where((image, task) => image.Task != task || image.Epoch != snapshot.Epoch).Any())
                throw new RowFormatException($"the images of {snapshot.Images.Length} tasks at epoch {snapshot.Epoch} expected, {images.Length} images found");
            return new(snapshot, images);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or RowFormatException)
        {
            throw new ConfigurationException($"Savepoint {path}: a whole savepoint expected, {cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}; {(cause as RowFormatException)?.Remedy ?? "take it from a copy, or begin from another"}.", cause);
        }
    }

    /// <summary>What <see cref="Read"/> gives; null where it can't.</summary>
    public static SavepointFile? TryRead(string path)
    {
        try
        {
            return Read(path);
        }
        catch (ConfigurationException)
        {
            return null;
        }
    }

    private static List<JournalRows.Row> ReadRows(string path)
    {
        using var stream = File.OpenRead(path);
        var (assembler, length, number) = (new RowAssembler(), new byte[sizeof(int)], 0L);
        var first = new byte[sizeof(int) + RowChunkHeader.Magic.Length];
        if (stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) < first.Length || !first.AsSpan(sizeof(int)).SequenceEqual(RowChunkHeader.Magic))
            throw new RowFormatException("another kind of file found");
        stream.Position = 0;
        while (stream.Position < stream.Length)
        {
            if (stream.Length - stream.Position < sizeof(int))
                throw new RowFormatException($"{sizeof(int)} more bytes expected, {stream.Length - stream.Position} found");
            stream.ReadExactly(length);
            var size = BinaryPrimitives.ReadInt32LittleEndian(length);
            if (size < 0 || size > stream.Length - stream.Position)
                throw new RowFormatException($"{size} more bytes expected, {stream.Length - stream.Position} found");
            var chunk = new byte[size];
            stream.ReadExactly(chunk);
            assembler.Add(++number, chunk);
        }

        return [.. assembler.Finish().Select(row => row.Row)];
    }

    private static void WriteRow(FileStream stream, JournalRows.Row row)
    {
        var length = new byte[sizeof(int)];
        foreach (var chunk in RowCodec.Encode(row, ChunkSize))
        {
            BinaryPrimitives.WriteInt32LittleEndian(length, chunk.Length);
            stream.Write(length);
            stream.Write(chunk);
        }
    }
}
