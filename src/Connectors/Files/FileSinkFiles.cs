using System.Buffers;
using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>The files of one epoch: temporary until all are whole, then renamed. What is not finished is deleted.</summary>
internal sealed class FileSinkFiles<T>(string directory, string name, FileSinkFormat<T> format, long fileBytesMax, Action<FileSinkStep>? afterStep) : IDisposable
{
    private const int BufferBytes = 64 << 10;

    private readonly ArrayBufferWriter<byte> _buffer = new(BufferBytes);
    private readonly List<(string Name, string Temporary, long Bytes, long Rows)> _files = [];
    private SafeFileHandle? _file;
    private long _position;
    private long _rows;

    public void Write(T row, OperatorId @operator)
    {
        if (_file is null)
            Open();
        try
        {
            format.Write(row, _buffer);
        }
        catch (Exception error)
        {
            throw new UserFunctionException(@operator, error);
        }

        _rows++;
        if (_buffer.WrittenCount >= BufferBytes)
            Flush();
        if (_position + _buffer.WrittenCount >= fileBytesMax)
            Close();
    }

    /// <summary>Makes all durable under their names.</summary>
    public ImmutableArray<(string Name, long Bytes, long Rows)> Finish()
    {
        if (_file is not null)
            Close();
        foreach (var file in _files)
        {
            File.Move(file.Temporary, Path.Combine(directory, file.Name), overwrite: true);
            afterStep?.Invoke(FileSinkStep.FileRenamed);
        }

        if (_files.Count > 0)
            DurableFiles.SyncDirectory(directory);
        return [.. _files.Select(file => (file.Name, file.Bytes, file.Rows))];
    }

    public void Dispose()
    {
        _file?.Dispose();
        foreach (var file in _files)
            File.Delete(file.Temporary);
    }

    private void Open()
    {
        var file = _files.Count == 0 ? $"{name}.{format.Extension}" : $"{name}-{_files.Count}.{format.Extension}";
        var temporary = Path.Combine(directory, $"{file}.{Guid.NewGuid():N}.tmp");
        _files.Add((file, temporary, 0, 0));
        _file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
        (_position, _rows) = (0, 0);
        _buffer.Write(format.Header.Span);
    }

    private void Flush()
    {
        RandomAccess.Write(_file!, _buffer.WrittenSpan, _position);
        _position += _buffer.WrittenCount;
        _buffer.ResetWrittenCount();
    }

    private void Close()
    {
        Flush();
        RandomAccess.FlushToDisk(_file!);
        _file!.Dispose();
        _file = null;
        _files[^1] = _files[^1] with { Bytes = _position, Rows = _rows };
        afterStep?.Invoke(FileSinkStep.FileWritten);
    }
}
