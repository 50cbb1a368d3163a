using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Logs;

/// <summary>One process's part in a write-ahead log: what it receives, and its reader.</summary>
internal sealed class WriteAheadLife<T> : IDisposable
{
    private readonly RecordLog<T, CountWeight<T>> _records;
    private readonly WriteAheadLog<T> _log;

    public WriteAheadLife(SplitContext context, SplitProgress? progress, LogWriterOptions? options)
    {
        _log = WriteAheadLog<T>.Of(isOn: true, "receiver test", context, options)!;
        _records = new(long.MaxValue, _log);
        Reader = new WriteAheadReader<T>(new LogReader<T, CountWeight<T>>(_records, new NoInput()), _log, Task.CompletedTask);
        if (progress is not null)
            Reader.Resume(progress);
    }

    public ISplitReader<T> Reader { get; }

    public long End => Reader.Poll(new Epoch(1), 0);

    /// <summary>Takes records; the task completes when they are durable, and is the same for all that are written together.</summary>
    public Task Append(params T[] records)
    {
        _ = _records.Append(records, out var stored);
        return stored;
    }

    /// <summary>Takes records and waits until they are durable.</summary>
    public Task Store(params T[] records) => Append(records).WaitAsync(Waiting.Timeout);

    public Task OfferedAtLeast(long end) => Waiting.For(() => End >= end, $"{end} records");

    public List<T> Read(long from, long to) => LogHarness.Take(Reader, from, to);

    /// <summary>What the process after this one is told.</summary>
    /// <param name="committed">What of it is committed.</param>
    /// <param name="planned">The ends of the ranges behind.</param>
    public SplitProgress Progress(long committed, params long[] planned) => new(
        committed,
        committed == 0 ? null : Reader.PositionAt(committed),
        [.. planned.Select((to, index) => new PlannedRange(index == 0 ? committed : planned[index - 1], to, null))]);

    public async Task<SourceFailedException> FailureAsync()
    {
        await _log.Completion.WaitAsync(Waiting.Timeout);
        return Assert.Throws<SourceFailedException>(() => End);
    }

    /// <summary>Ends it in order.</summary>
    public async Task EndAsync()
    {
        Dispose();
        await _log.Completion.WaitAsync(Waiting.Timeout);
    }

    public void Dispose() => Reader.Dispose();

    private sealed class NoInput : IRecordInput
    {
        public Task DrainAsync() => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
