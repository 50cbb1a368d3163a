using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>What keeps a node from starting, or a job on it.</summary>
public sealed class ClusterStartTests
{
    [Fact]
    public async Task An_address_that_other_machines_reach_is_refused_unless_told()
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync("host = 0.0.0.0, public-host = node-7.example"));

        Assert.Contains("a loopback address expected without TLS between nodes, 0.0.0.0 found; set millrace.cluster.tls as hocon/tls.conf says", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
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
