using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class DroppedRecordsTests
{
    [Fact]
    public async Task What_a_source_leaves_out_is_told_once_a_reason_and_counted_each_time()
    {
        var name = $"dropped-{Guid.NewGuid():N}";
        var measured = new ConcurrentDictionary<string, long>();
        using var meters = Listen(name, measured);
        var warnings = new StringWriter();
        await using var host = await MillraceHost.StartEmbeddedAsync(options =>
        {
            options.StopsOnSignal = false;
            options.WithWarningsOn(warnings);
        });
        var graph = TestHost.Graph(new LossySource(["long", "long", "text", "long"]), new LedgerSink<int>(), "map", () => new MapOperator<int, int>(row => row));

        var job = await host.StartAsync(graph, TestHost.Often with { Name = name });
        await job.Completion.WaitAsync(TestHost.Patience);

        Assert.Equal(
            [Line("long"), Line("text")],
            warnings.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(3, job.Counters.RecordsDropped["long"]);
        Assert.Equal(1, job.Counters.RecordsDropped["text"]);
        Assert.Equal(3, measured["long"]);
        Assert.Equal(1, measured["text"]);

        string Line(string reason) =>
            $"Job {name}: Source lossy left out or repaired a record: {reason}; more of this reason are only counted (IJob.Counters)";
    }

    private static MeterListener Listen(string job, ConcurrentDictionary<string, long> measured)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument is { Meter.Name: "Millrace", Name: "millrace.records.dropped" })
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var named = tags.ToArray().ToDictionary(tag => tag.Key, tag => (string)tag.Value!);
            if (named["job"] == job)
                measured.AddOrUpdate(named["reason"], count, (_, before) => before + count);
        });
        listener.Start();
        return listener;
    }

    /// <summary>Leaves every record out, each for its reason, and ends.</summary>
    private sealed class LossySource(string[] reasons) : ISource<int>
    {
        public string Description => "lossy";

        public bool IsReplayable => true;

        public int? Splits => 1;

        public ISplitReader<int> Open(SplitContext context) => new Reader(reasons, context.RecordSkipped);

        private sealed class Reader(string[] reasons, Action<string> recordSkipped) : ISplitReader<int>
        {
            public bool IsFinished => true;

            public long Poll(Epoch epoch, long nowMs) => reasons.Length;

            public Batch<int>? Read(long from, long to, out long next)
            {
                recordSkipped(reasons[from]);
                next = from + 1;
                return null;
            }

            public void Release(long offset)
            {
            }

            public void Dispose()
            {
            }
        }
    }
}
