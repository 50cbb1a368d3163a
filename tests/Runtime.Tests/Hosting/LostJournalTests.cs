using System.Globalization;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Checkpoints;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Hosting;

/// <summary>A checkpoint directory knows that a job had opened on it, wherever its journal stands.</summary>
public sealed class LostJournalTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [SkippableTheory]
    [InlineData("DROP TABLE millrace_journal")]
    [InlineData("DELETE FROM millrace_journal")]
    public async Task A_server_without_the_rows_of_an_earlier_start_is_no_new_beginning(string loss)
    {
        await RunAsync();
        await RunAsync();
        await server.ExecuteAsync(loss);

        var failure = await Assert.ThrowsAsync<ConfigurationException>(RunAsync);

        Assert.DoesNotContain('\n', failure.Message);
        Assert.DoesNotContain("s3cret", failure.Message, StringComparison.Ordinal);
        Assert.Contains("the history of an earlier start expected (job orders, since ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("none found in PostgreSQL 127.0.0.1:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_came_to_nothing_leaves_no_mark()
    {
        await using var host = await TestHost.StartAsync();
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => host.StartAsync(Graph(), Options, canceled.Token));

        Assert.False(File.Exists(Path.Combine(_folder.FullName, "used")));
    }

    private JobOptions Options => TestHost.Often with { Name = "orders", CheckpointDirectory = _folder.FullName };

    /// <summary>A job without a row: the sink of these tests keeps none over a restart.</summary>
    private static StreamGraph Graph() =>
        TestHost.Graph(new QueueSource<int>(new()), new LedgerSink<int>(), "map", () => new MapOperator<int, int>(row => row));

    private async Task RunAsync()
    {
        await using var host = await TestHost.StartAsync(string.Create(
            CultureInfo.InvariantCulture, $"millrace.journal {{ kind = postgresql, connection-string = \"{server.ConnectionString}\" }}"));
        var job = await host.StartAsync(Graph(), Options);
        await job.StopAsync(graceful: false).WaitAsync(TestHost.Patience);
    }
}
