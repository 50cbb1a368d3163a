using Millrace.Connectors.Files;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Files;

/// <summary>One split as a coordinator sees it: epochs are planned, read and committed, and the reader may be killed between any two calls.</summary>
internal sealed class PlannedEpochs(DirectoryHarness harness, DirectorySourceOptions? options = null)
{
    private readonly Queue<(long Epoch, PlannedRange Range)> _inflight = new();
    private ISplitReader<string> _reader = harness.OpenText(options);
    private string? _position;
    private long _committed;
    private long _planned;
    private long _epochs;

    /// <summary>The rows of each epoch as last read.</summary>
    public SortedDictionary<long, string[]> Rows { get; } = [];

    public SplitProgress Progress => new(_committed, _position, [.. _inflight.Select(planned => planned.Range)]);

    public void Plan(long nowMs)
    {
        var end = _reader.Poll(new Epoch(++_epochs), nowMs);
        _inflight.Enqueue((_epochs, new(_planned, end, _reader.Describe(_planned, end))));
        _planned = end;
    }

    /// <summary>Reads what is planned; what was read before must come again.</summary>
    public void Read()
    {
        foreach (var (epoch, range) in _inflight)
        {
            var rows = DirectoryHarness.Read(_reader, range.From, range.To).ToArray();
            if (Rows.TryGetValue(epoch, out var before))
                Assert.Equal(before, rows);
            Rows[epoch] = rows;
        }
    }

    public void Commit()
    {
        var range = _inflight.Dequeue().Range;
        (_committed, _position) = (range.To, _reader.PositionAt(range.To));
        _reader.Release(_committed);
    }

    /// <summary>Another reader takes over; what was polled and not planned is forgotten.</summary>
    public void Kill(Action? whileDown = null)
    {
        var progress = Progress;
        _reader.Dispose();
        whileDown?.Invoke();
        _reader = harness.Resume(progress, options);
    }

    /// <summary>A poll whose answer never becomes a plan.</summary>
    public void PollInVain(long nowMs)
    {
        var end = _reader.Poll(new Epoch(_epochs + 1), nowMs);
        _ = _reader.Describe(_planned, end);
    }
}
