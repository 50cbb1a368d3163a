using Millrace.Connectors.Adapters;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Adapters;

/// <summary>Reads a source to its end, as a job does: polls, reads, releases.</summary>
internal sealed class InputHarness : IDisposable
{
    private long _read;

    public InputHarness(InputSource<int> source) => Reader = source.Open(new SplitContext(new PartitionId(0), 1, _ => { }));

    public ISplitReader<int> Reader { get; }

    /// <summary>Waits for so many records, reads and releases all there are.</summary>
    public async Task<List<int>> TakeAtLeast(int records)
    {
        await Waiting.For(() => Poll() >= _read + records, $"{records} records");
        var rows = new List<int>();
        for (var end = Poll(); _read < end;)
        {
            var batch = Reader.Read(_read, end, out _read)!;
            rows.AddRange(batch.Rows);
            batch.Release();
        }

        Reader.Release(_read);
        return rows;
    }

    public async Task<List<int>> TakeAll()
    {
        var rows = new List<int>();
        while (!Reader.IsFinished || Poll() > _read)
        {
            rows.AddRange(await TakeAtLeast(0));
            await Task.Yield();
        }

        return rows;
    }

    public async Task<string> Failed()
    {
        await Waiting.For(
            () =>
            {
                Poll();
                return Reader.Failure is not null;
            },
            "a failure");
        Assert.False(Reader.IsFinished);
        Assert.DoesNotContain('\n', Reader.Failure!);
        return Reader.Failure!;
    }

    public long Poll() => Reader.Poll(new Epoch(1), 0);

    public void Dispose() => Reader.Dispose();
}
