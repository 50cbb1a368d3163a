using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Logs;

/// <summary>Reads what processes before this one had written ahead. Opens files when a record is asked for, also after it was disposed of.</summary>
internal sealed class WriteAheadStore<T>(string source, SplitStorage storage) : IDisposable
{
    private List<(long First, LogSplitReader<T> Reader)>? _readers;

    /// <summary>At most one batch from <paramref name="from"/> on, before <paramref name="to"/>.</summary>
    /// <exception cref="SourceFailedException">A record is missing or damaged, or was written in a way that can't be read.</exception>
    public Batch<T>? Read(long from, long to, out long next)
    {
        try
        {
            _readers ??= Open();
            var index = _readers.FindLastIndex(reader => reader.First <= from);
            var end = index + 1 < _readers.Count ? Math.Min(to, _readers[index + 1].First) : to;
            var batch = index < 0 ? null : _readers[index].Reader.Read(from, end, out next);
            next = from + (batch?.Count ?? 0);
            return batch is not null || from >= to ? batch : throw new LogException($"record {from} expected, none found");
        }
        catch (Exception error) when (error is SourceFailedException or LogException or SchemaException or IOException or UnauthorizedAccessException)
        {
            throw new SourceFailedException($"Source {source}: its write-ahead log in {storage.Directory} can't be read: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    public void Dispose()
    {
        _readers?.ForEach(reader => reader.Reader.Dispose());
        _readers = null;
    }

    private static T Decode(Codec<T> codec, ReadOnlySpan<byte> bytes)
    {
        var reader = new CodecReader(bytes);
        var record = codec.Read(ref reader);
        reader.ExpectEnd();
        return record;
    }

    private List<(long, LogSplitReader<T>)> Open()
    {
        var partition = new LogStore(storage.Directory).Partition(0);
        return
        [
            .. new WriteAheadSchemas(storage.Directory).All().Select(written =>
            {
                var codec = storage.Codecs.Of<T>(written.Schema);
                return (written.First, new LogSplitReader<T>(partition, bytes => Decode(codec, bytes), name: null));
            }),
        ];
    }
}
