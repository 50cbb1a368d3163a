using System.Buffers.Binary;
using System.Threading.Channels;
using Millrace.Connectors.Files;
using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.Connectors.Logs;

/// <summary>Has received records on disk before anybody sees them, as Spark's <c>receiver.writeAheadLog</c>. Thread-safe.</summary>
/// <remarks>
/// <para>A <see cref="LogStore"/> of one partition in the split's own directory: offsets of the split are offsets of the log, and a
/// <c>schemas</c> directory says how its records are written (<see cref="WriteAheadSchemas"/>). What is appended while a write is under way
/// goes with the next one: one write and one sync for all of it.</para>
/// <para>(Start) Opening → Writing → Closed, or Failed from any of them: what could not be written is never offered, and nothing
/// is taken any more. A disk that has no room is waited for, as long as it takes; whoever stores waits too. Anything else is not tried again: a
/// disk that has refused a sync may have forgotten what it had.</para>
/// </remarks>
internal sealed class WriteAheadLog<T>
{
    private const int OpenTriesMax = 600;

    private static readonly TimeSpan OpenPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FullPause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SplitStorage _storage;
    private readonly LogWriterOptions _options;
    private readonly Codec<T> _codec;
    private readonly Channel<bool> _work = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<string>? _warn;
    private readonly Action<string> _recordSkipped;
    private Action<int>? _offer;
    private Action<SourceFailedException>? _fail;
    private Group _gathering = new();
    private SourceFailedException? _failure;
    private long _first = -1;
    private long _released;
    private long _deletableAt = long.MaxValue;

    /// <summary>What is written by one sync.</summary>
    private sealed class Group
    {
        private int _block;
        private int _position;

        public List<(CodecWriter Records, int Count)> Blocks { get; } = [];

        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Appends what is not appended yet, after an error too.</summary>
        public void AppendTo(LogWriter writer)
        {
            for (; _block < Blocks.Count; _block++, _position = 0)
            {
                var records = Blocks[_block].Records;
                while (_position < records.WrittenCount)
                {
                    var rest = records.WrittenSpan[_position..];
                    var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                    writer.Append(rest.Slice(sizeof(int), length));
                    _position += sizeof(int) + length;
                }

                records.Dispose();
            }
        }
    }

    private WriteAheadLog(string source, SplitStorage storage, SplitContext context, LogWriterOptions options)
    {
        (Source, _storage, Committed, _released, _options, _warn, _recordSkipped) =
            (source, storage, context.FirstOffset, context.FirstOffset, options, context.Warn, context.RecordSkipped);
        try
        {
            _codec = storage.Codecs.Of<T>();
        }
        catch (GraphException refused)
        {
            throw new GraphException($"Source {source}, write-ahead log: {refused.Message}", refused);
        }
    }

    /// <summary>What a person calls the source.</summary>
    public string Source { get; }

    /// <summary>Everything before this offset was committed when the log was opened.</summary>
    public long Committed { get; }

    /// <summary>The offset of the first record of this process: those before it are on disk alone. Null until the log is open.</summary>
    public long? First => Volatile.Read(ref _first) is >= 0 and var first ? first : null;

    /// <summary>Completes, without an error, when nothing is written any more.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>The log of a split, not started; null where the option is off.</summary>
    /// <exception cref="GraphException">There is no place for it, or its records can't be written, or it is off and there is one.</exception>
    public static WriteAheadLog<T>? Of(bool isOn, string source, SplitContext context, LogWriterOptions? options = null)
    {
        if (isOn)
        {
            return context.Storage is { } storage
                ? new(source, storage, context, options ?? new())
                : throw new GraphException($"Source {source}: a checkpoint directory expected for its write-ahead log, none found; give the job one, or switch the log off.");
        }

        if (context.Storage is { } other && Directory.Exists(other.Directory))
        {
            throw new GraphException(
                $"Source {source}: WriteAheadLog false found, true expected, since {FilePaths.Printable(other.Directory)} may hold what was acknowledged and not read; " +
                "switch it on, or remove the directory to give that up.");
        }

        return null;
    }

    /// <summary>Says where the records are held; called once.</summary>
    /// <param name="offer">Told, in order, how many more of the records appended are durable.</param>
    /// <param name="fail">Told once if the log can't go on.</param>
    public void Connect(Action<int> offer, Action<SourceFailedException> fail) => (_offer, _fail) = (offer, fail);

    /// <summary>Begins to open and to write, on a thread of the pool; called once.</summary>
    public void Start() => Completion = Task.Run(RunAsync);

    /// <summary>The records as bytes, for <see cref="Append"/>.</summary>
    /// <exception cref="SourceFailedException">One can't be written.</exception>
    public CodecWriter Encode(ReadOnlySpan<T> records)
    {
        var bytes = new CodecWriter();
        try
        {
            foreach (var record in records)
            {
                var start = bytes.ReserveFixed32();
                _codec.Write(bytes, record);
                bytes.PatchLength(start);
                if (bytes.WrittenCount - start - sizeof(uint) is var length and > LogLayout.RecordBytesMax)
                    throw new LogException($"a record of at most {LogLayout.RecordBytesMax} bytes expected, {length} found; split it.");
            }

            return bytes;
        }
        catch (Exception error)
        {
            bytes.Dispose();
            throw Failure(error);
        }
    }

    /// <summary>Takes records, in the order in which they are to be offered; the task completes when they are durable, and fails where they never will be.</summary>
    public Task Append(CodecWriter records, int count)
    {
        lock (_lock)
        {
            if (_failure is not null)
            {
                records.Dispose();
                return _gathering.Written.Task;
            }

            _gathering.Blocks.Add((records, count));
            _work.Writer.TryWrite(true);
            return _gathering.Written.Task;
        }
    }

    /// <summary>Everything before <paramref name="offset"/> may be deleted.</summary>
    public void Release(long offset)
    {
        Volatile.Write(ref _released, offset);
        if (offset >= Volatile.Read(ref _deletableAt))
            _work.Writer.TryWrite(true);
    }

    /// <summary>Takes no more, writes what it has and lets another open the log. Comes back at once.</summary>
    public void Close()
    {
        _work.Writer.TryComplete();
        _closing.TrySetResult();
    }

    /// <summary>Makes a reader of what is on disk; it needs no open log.</summary>
    public WriteAheadStore<T> Store() => new(Source, _storage);

    private async Task RunAsync()
    {
        var group = new Group();
        try
        {
            using var writer = await WithRoomAsync(OpenAsync).ConfigureAwait(false);
            Volatile.Write(ref _first, writer.End);
            var segment = -1L;
            do
            {
                if (Take() is { } taken)
                {
                    group = taken;
                    await WriteAsync(writer, group).ConfigureAwait(false);
                }

                if (segment != writer.SegmentFirst || Volatile.Read(ref _released) >= _deletableAt)
                    Volatile.Write(ref _deletableAt, writer.DeleteBefore(Volatile.Read(ref _released)) ?? long.MaxValue);
                segment = writer.SegmentFirst;
            }
            while (await NextAsync().ConfigureAwait(false));
        }
        catch (Exception error)
        {
            Fail(Failure(error), group);
        }

        // Late ones are not taken: nobody writes them any more.
        Fail(new SourceFailedException($"Source {Source}: its write-ahead log is closed."), new Group());
    }

    private async ValueTask<bool> NextAsync()
    {
        if (!await _work.Reader.WaitToReadAsync().ConfigureAwait(false))
            return false;
        _work.Reader.TryRead(out _);
        return true;
    }

    private async Task<LogWriter> OpenAsync()
    {
        var store = LogStore.Create(_storage.Directory, partitions: 1);
        // The names on the way to it, which may be new.
        var parent = Path.GetDirectoryName(store.Path)!;
        DurableFiles.SyncDirectory(parent);
        DurableFiles.SyncDirectory(Path.GetDirectoryName(parent) ?? parent);
        var writer = await OpenWriterAsync(store).ConfigureAwait(false);
        try
        {
            // Why a sync: what a killed process had written and not synced is about to be offered.
            writer.Flush(durable: true);
            if (store.Partition(0).Segments()[0] is var oldest && oldest > Committed)
                throw new LogException($"{store.Partition(0).Description}: record {Committed} expected, {oldest} found as the oldest; put the log there that belongs to the checkpoint or savepoint.");
            new WriteAheadSchemas(store.Path).Use(_codec.Schema, writer.End, Committed);
            if (writer.Torn is { } torn)
                Tell(torn);
            return writer;
        }
        catch
        {
            writer.Dispose();
            throw;
        }
    }

    private void Tell(LogTear torn)
    {
        _warn?.Invoke(
            $"Source {Source}: a whole record expected at the end of its write-ahead log, {torn.Bytes} bytes of one found behind byte {torn.Position} of {FilePaths.Printable(torn.Path)} (offset {torn.Offset}); "
            + "they are cut off, as after a kill: a record that was not acknowledged, unless the disk has lost what it had.");
        _recordSkipped("torn at the end of the write-ahead log");
    }

    // Why more than once: a reader that this process has just disposed of may not have closed it yet.
    private async Task<LogWriter> OpenWriterAsync(LogStore store)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return store.OpenWriter(0, _options);
            }
            catch (LogException taken) when (taken.InnerException is IOException && !DurableFiles.IsDiskFull(taken) && tries < OpenTriesMax)
            {
                await Task.Delay(OpenPause).ConfigureAwait(false);
            }
        }
    }

    /// <summary>What has been gathered, which nobody adds to any more; null where that is nothing.</summary>
    private Group? Take()
    {
        lock (_lock)
        {
            var group = _gathering;
            if (group.Blocks.Count == 0)
                return null;
            _gathering = new();
            return group;
        }
    }

    private async ValueTask WriteAsync(LogWriter writer, Group group)
    {
        await WithRoomAsync(() =>
        {
            group.AppendTo(writer);
            writer.Flush(durable: false);
            return Task.FromResult(writer);
        }).ConfigureAwait(false);

        // Apart from what may be tried again.
        writer.Flush(durable: true);
        _offer!(group.Blocks.Sum(block => block.Count));
        group.Written.SetResult();
    }

    /// <summary>Tries again as long as the disk has no room and the log is not closed.</summary>
    private async Task<LogWriter> WithRoomAsync(Func<Task<LogWriter>> write)
    {
        for (var isWarned = false; ; isWarned = true)
        {
            try
            {
                var writer = await write().ConfigureAwait(false);
                if (isWarned)
                    _warn?.Invoke($"Source {Source}: its write-ahead log in {FilePaths.Printable(_storage.Directory)} has room again, and goes on.");
                return writer;
            }
            catch (Exception full) when (DurableFiles.IsDiskFull(full) && !_closing.Task.IsCompleted)
            {
                if (!isWarned)
                    _warn?.Invoke($"Source {Source}: the disk of its write-ahead log in {FilePaths.Printable(_storage.Directory)} is full; make room there: nothing is received until then.");
            }

            await Task.WhenAny(_closing.Task, Task.Delay(FullPause)).ConfigureAwait(false);
        }
    }

    private void Fail(SourceFailedException failure, Group group)
    {
        Group gathering;
        lock (_lock)
        {
            if (_failure is not null)
                return;
            _failure = failure;
            gathering = _gathering;
        }

        _fail!(failure);
        foreach (var failed in new[] { group, gathering })
        {
            failed.Written.TrySetException(failure);
            // Why: nobody may wait for it, and that is no error of its own.
            _ = failed.Written.Task.Exception;
        }
    }

    private SourceFailedException Failure(Exception error) => error as SourceFailedException
        ?? new SourceFailedException($"Source {Source}: its write-ahead log in {FilePaths.Printable(_storage.Directory)} can't go on: {error.Message.ReplaceLineEndings(" ")}", error);
}
