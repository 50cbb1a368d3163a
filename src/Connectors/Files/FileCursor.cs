using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>A place in a file that is read chunk by chunk. Not thread-safe.</summary>
internal sealed class FileCursor<T>(string source, IFileFormat<T> format, Action<string> recordSkipped) : IDisposable
{
    private readonly List<T> _rows = [];
    private byte[] _chunk = [];
    private TakenFile? _file;
    private SafeFileHandle? _handle;
    private IFileDecoder<T>? _decoder;
    private int _given;
    private long _readBytes;
    private long _position;
    private long _countedTo;

    /// <summary>The next rows of the file, at most one batch and what one chunk gives; null where a chunk gives none.</summary>
    /// <param name="file">The file to read.</param>
    /// <param name="from">The file's first offset, or what a call before gave as <paramref name="next"/>.</param>
    /// <param name="next">The offset to go on from.</param>
    /// <exception cref="SourceFailedException">The file has vanished or shrunk, or can't be read.</exception>
    public Batch<T>? Read(TakenFile file, long from, out long next)
    {
        if (_file != file || _position != from)
            Seek(file, from);
        var batch = Step();
        next = _position;
        return batch;
    }

    /// <inheritdoc/>
    public void Dispose() => Close();

    /// <summary>Why from the file's beginning: only there a decoder knows where it stands. Ranges begin there, so that it hardly ever costs.</summary>
    private void Seek(TakenFile file, long from)
    {
        Close();
        Open(file);
        while (_position < from)
            Step()?.Release();
        if (_position != from)
            throw new InvalidOperationException($"Offset {from} of {Name(file)} asked for, the one behind a batch expected, as {_position}.");
    }

    private void Open(TakenFile file)
    {
        try
        {
            // Why before opening: to open a FIFO is to wait for its writer. A link was followed when the file was taken, and there is none left.
            if (File.Exists(file.Path) && (FilePaths.IsSpecial(file.Path) || new FileInfo(file.Path).LinkTarget is not null))
                throw Changed(file, "it is a regular file no more");
            _handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        }
        catch (Exception cause) when (cause is FileNotFoundException or DirectoryNotFoundException)
        {
            throw Changed(file, "it has vanished", cause);
        }
        catch (Exception cause) when (cause is UnauthorizedAccessException)
        {
            throw new SourceFailedException($"Source {source}: no permission to read {Name(file)}; grant it, or exclude the file by the filter.", cause);
        }
        catch (IOException cause)
        {
            throw Unreadable(file, cause);
        }

        (_file, _position, _readBytes, _given) = (file, file.First, 0, 0);
        _decoder = format.Open($"{source}, {Name(file)}", Skipped);
    }

    private Batch<T>? Step()
    {
        if (_given == _rows.Count)
            ReadChunk();
        Batch<T>? batch = null;
        var count = Math.Min(_rows.Count - _given, Batch<T>.FullSize);
        if (count > 0)
        {
            batch = Batch<T>.Rent(count);
            CollectionsMarshal.AsSpan(_rows).Slice(_given, count).CopyTo(batch.Extend(count));
            _given += count;
        }

        // Why a row counts for a byte: it has at least one, so that the places within a chunk come in order and before its end.
        _position = _given == _rows.Count ? _file!.First + _readBytes : _position + count;
        if (_position == _file!.End)
            Close();
        return batch;
    }

    private void ReadChunk()
    {
        var file = _file!;
        var count = (int)Math.Min(format.ChunkBytes, file.SizeBytes - _readBytes);
        if (_chunk.Length < count)
            _chunk = new byte[format.ChunkBytes];
        var chunk = _chunk.AsSpan(0, count);
        Fill(file, chunk);
        _readBytes += count;
        _rows.Clear();
        _given = 0;
        _decoder!.Push(chunk, _readBytes == file.SizeBytes, _rows);
        _countedTo = Math.Max(_countedTo, file.First + _readBytes);
        if (_rows.Count > count)
            throw new InvalidOperationException($"{format.GetType().Name} gave {_rows.Count} rows for {count} bytes of {Name(file)}, at most one a byte expected.");
    }

    private void Fill(TakenFile file, Span<byte> chunk)
    {
        var offset = _readBytes;
        try
        {
            while (chunk.Length > 0)
            {
                var count = RandomAccess.Read(_handle!, chunk, offset);
                if (count == 0)
                    throw Changed(file, $"it has shrunk from {file.SizeBytes} to {offset} bytes");
                chunk = chunk[count..];
                offset += count;
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file, cause);
        }
    }

    private void Close()
    {
        _handle?.Dispose();
        (_file, _handle, _decoder, _given) = (null, null, null, 0);
        _rows.Clear();
    }

    /// <summary>Why: a record of an epoch that runs again is counted already.</summary>
    private void Skipped(string reason)
    {
        if (_file!.First + _readBytes > _countedTo)
            recordSkipped(reason);
    }

    private static string Name(TakenFile file) => $"file {FilePaths.Printable(file.Path)}";

    private SourceFailedException Changed(TakenFile file, string how, Exception? cause = null) =>
        new($"Source {source}: {Name(file)} was taken and {how}; move files in whole, and out when the job is done with them.", cause);

    private SourceFailedException Unreadable(TakenFile file, Exception cause) =>
        new($"Source {source}: {Name(file)} can't be read: {FilePaths.Printable(cause.Message)}", cause);
}
