using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>What keeps a node from starting, or a job on it.</summary>
public sealed class ClusterStartTests
{
    [Theory]
    [InlineData("host = 0.0.0.0", "a loopback address expected, since there is no TLS between nodes yet, 0.0.0.0 found")]
    [InlineData("tls { certificate = a.pfx, authority = b.pem }", "millrace.cluster.tls: no certificate expected, one found")]
    public async Task An_address_that_others_reach_and_a_certificate_are_refused(string hocon, string message)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(hocon));

        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
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
