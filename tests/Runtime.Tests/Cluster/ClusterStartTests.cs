using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>What keeps a node from starting, or a job on it.</summary>
public sealed class ClusterStartTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_address_that_other_machines_reach_is_refused_unless_told()
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync("host = 0.0.0.0, public-host = node-7.example"));

        Assert.Contains("a loopback address expected without TLS between nodes, 0.0.0.0 found; set millrace.cluster.tls as hocon/tls.conf says", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task What_a_cluster_can_not_do_yet_is_refused()
    {
        await using var host = await StartAsync("");
        var graph = TestHost.Graph(new QueueSource<int>(new()), new LedgerSink<int>(), "map", () => new MapOperator<int, int>(row => row));
        var job = await host.StartAsync(graph, new JobOptions { Name = "a", CheckpointDirectory = _folder.FullName });

        foreach (var ask in new Func<Task>[] { () => job.DeadLetters.ReadAsync(), () => job.DeadLetters.ReplayAllAsync(), () => job.StopWithSavepointAsync(Path.Combine(_folder.FullName, "savepoint")) })
            Assert.Contains("are not there yet in a cluster", (await Assert.ThrowsAsync<InvalidOperationException>(ask)).Message, StringComparison.Ordinal);

        Assert.Equal(JobState.Running, job.State);
    }

    [Fact]
    public async Task An_embedded_start_with_a_nodes_configuration_is_refused()
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => TestHost.StartAsync("millrace.cluster.enabled = on"));

        Assert.Contains("start it by MillraceHost.StartAsync", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_without_a_name_or_a_checkpoint_directory_is_refused_on_a_node()
    {
        await using var host = await StartAsync("");
        var graph = TestHost.Graph(new QueueSource<int>(new()), new LedgerSink<int>(), "map", () => new MapOperator<int, int>(row => row));

        Assert.NotNull(host.NodeAddress);
        Assert.Contains(
            "a name and a checkpoint directory expected of a job in a cluster",
            (await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(graph, new JobOptions { Name = "a" }))).Message,
            StringComparison.Ordinal);
    }

    private static Task<MillraceHost> StartAsync(string hocon) => MillraceHost.StartAsync(options =>
    {
        options.StopsOnSignal = false;
        options.WithHocon($"millrace.cluster {{ enabled = on, port = 0\n{hocon} }}");
    });
}
