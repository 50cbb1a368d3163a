using Millrace.Connectors.Memory;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Hosting;

public sealed class LineWriterTests
{
    [Fact]
    public async Task What_is_worth_knowing_is_a_line_with_the_time_of_day()
    {
        using var lines = new WarningLines();
        await using (var host = await TestHost.StartAsync(configure: options => options.WithEventsOn(lines)))
        {
            var graph = TestHost.Graph(new QueueSource<int>(new([[1]]), endsWhenEmpty: true), new LedgerSink<int>(), "map", () => new MapOperator<int, int>(row => row));
            var job = await host.StartAsync(graph, TestHost.Often with { Name = "told", Parallelism = 1 });
            await job.Completion.WaitAsync(TestHost.Patience);
        }

        var started = Assert.Single(lines.Lines, line => line.Contains("Job told started", StringComparison.Ordinal));
        Assert.Matches(@"^\d\d:\d\d:\d\d\.\d{3} Job told started: \d+ stages, \d+ tasks; its sinks get every record (exactly|at least) once", started);
        Assert.Contains(lines.Lines, line => line.EndsWith("Job told ended: Completed", StringComparison.Ordinal));
    }
}
