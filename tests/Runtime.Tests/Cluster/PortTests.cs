using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Millrace.Data;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>Which port a node takes.</summary>
public sealed class PortTests
{
    [Fact]
    public async Task Nodes_that_start_together_take_the_ports_of_a_range_each()
    {
        var first = FreePorts(3);

        var hosts = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartAsync($"{first}-{first + 2}")));

        try
        {
            Assert.Equal(Enumerable.Range(first, 3).Select(port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")), hosts.Select(host => host.NodeAddress!).Order(StringComparer.Ordinal));
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_port_that_another_node_has_is_refused()
    {
        var port = FreePorts(1);
        await using var host = await StartAsync(port.ToString(CultureInfo.InvariantCulture));

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(port.ToString(CultureInfo.InvariantCulture)));

        Assert.Equal($"millrace.cluster.port: a port that is free expected, {port} found, which is in use; stop what uses it, or choose another one.", failure.Message);
    }

    [Theory]
    [InlineData("4055-4053")]
    [InlineData("0-3")]
    [InlineData("70000")]
    [InlineData("a")]
    public async Task What_is_no_port_is_refused(string ports)
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync($"\"{ports}\""));

        Assert.Contains("millrace.cluster.port", failure.Message, StringComparison.Ordinal);
        Assert.Contains("a port from 0 to 65535, or two as in 4053-4055, expected", failure.Message, StringComparison.Ordinal);
    }

    private static Task<MillraceHost> StartAsync(string port) => Task.Run(() => MillraceHost.StartAsync(options =>
    {
        options.StopsOnSignal = false;
        options.WithHocon($"millrace.cluster {{ enabled = on, port = {port} }}");
    }));

    /// <summary>The first of some ports in a row that nobody uses.</summary>
    private static int FreePorts(int count)
    {
        for (var first = 20_000 + Random.Shared.Next(10_000); ; first += count)
        {
            var listeners = Enumerable.Range(first, count).Select(port => new TcpListener(IPAddress.Loopback, port)).ToArray();
            try
            {
                foreach (var listener in listeners)
                    listener.Start();
                return first;
            }
            catch (SocketException)
            {
                // One of them is in use.
            }
            finally
            {
                foreach (var listener in listeners)
                    listener.Dispose();
            }
        }
    }
}
