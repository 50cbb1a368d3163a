using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Millrace.Data;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>Who is let into a cluster with TLS, and what is said to and of those who are not.</summary>
public sealed class TlsJoinTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan RefusalMax = TimeSpan.FromSeconds(15);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly LogLines _seedLog = new();
    private readonly TestAuthority _authority;
    private readonly TestAuthority _other;
    private MillraceHost? _seed;

    public TlsJoinTests() => (_authority, _other) = (new(_folder.FullName, "ours"), new(_folder.FullName, "theirs"));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_seed is not null)
            await _seed.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _other.Dispose();
        _seedLog.Dispose();
    }

    [Fact]
    public async Task A_node_of_another_authority_is_refused_at_once_and_says_why()
    {
        await StartSeedAsync(TestAuthority.Hocon(_authority.Node("seed")));

        var refusal = await RefusalAsync(TestAuthority.Hocon(_other.Node("stranger")));

        Assert.Equal(
            $"Cluster millrace: seed {_seed!.NodeAddress}: a certificate of the authority {_other.File} expected, 'CN=seed' of 'CN=ours' found; give that node one that this authority has signed.",
            refusal);
        Assert.Equal("'CN=stranger' of 'CN=theirs' found; give that node one that this authority has signed.", Assert.Single(_seedLog.All).Split("expected, ")[1]);
    }

    [Fact]
    public async Task A_node_that_the_others_do_not_believe_is_refused_at_once_and_they_say_why()
    {
        await StartSeedAsync(TestAuthority.Hocon(_authority.Node("seed")));

        var refusal = await RefusalAsync(TestAuthority.Hocon(_other.Node("stranger") with { Authority = Both() }));

        Assert.StartsWith($"Cluster millrace: seed {_seed!.NodeAddress}: a node that takes this one's certificate expected", refusal, StringComparison.Ordinal);
        Assert.Contains("'CN=stranger' of 'CN=theirs' found; give that node one that this authority has signed.", Assert.Single(_seedLog.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_without_tls_is_refused_at_once_and_says_why()
    {
        await StartSeedAsync(TestAuthority.Hocon(_authority.Node("seed")));

        var refusal = await RefusalAsync("");

        Assert.EndsWith("was not taken: A handshake of TLS expected, other bytes found; set millrace.cluster.tls on that node too, if it is one.", Assert.Single(_seedLog.All), StringComparison.Ordinal);
        Assert.Equal($"Cluster millrace: seed {_seed!.NodeAddress}: a node without TLS expected, one with TLS found; set millrace.cluster.tls here too (hocon/tls.conf).", refusal);
    }

    [Fact]
    public async Task A_node_with_tls_does_not_join_one_without()
    {
        await StartSeedAsync("");

        var refusal = await RefusalAsync(TestAuthority.Hocon(_authority.Node("node")));

        Assert.StartsWith($"Cluster millrace: seed {_seed!.NodeAddress}: a handshake of TLS with a node expected, found ", refusal, StringComparison.Ordinal);
        Assert.EndsWith(
            "was not taken: A message of a node expected, other bytes found; if it is one, see that both have TLS (millrace.cluster.tls) or both have not.", Assert.Single(_seedLog.All), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_certificate_has_ended_does_not_start()
    {
        var refusal = await RefusalAsync(TestAuthority.Hocon(_authority.Node("late", -9, -2)));

        Assert.Contains("a certificate that is valid now expected, 'CN=late' of ", refusal, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task With_tls_an_address_that_other_machines_reach_is_taken()
    {
        var address = (await Dns.GetHostAddressesAsync(Dns.GetHostName(), AddressFamily.InterNetwork)).FirstOrDefault(address => !IPAddress.IsLoopback(address));
        Skip.If(address is null, "This machine has no address but its own.");
        var host = $"host = {address}\n";
        await StartSeedAsync(host + TestAuthority.Hocon(_authority.Node("seed")));
        using var log = new LogLines();

        await using var node = await StartAsync(_seed!.NodeAddress!, host + TestAuthority.Hocon(_authority.Node("node")), log);

        Assert.StartsWith($"{address}:", node.NodeAddress, StringComparison.Ordinal);
        Assert.Empty(_seedLog.All);
        Assert.Empty(log.All);
    }

    private string Both() => _authority.Write("both.pem", File.ReadAllText(_authority.File) + "\n" + File.ReadAllText(_other.File));

    private async Task StartSeedAsync(string hocon) => _seed = await StartAsync("", hocon, _seedLog);

    private async Task<string> RefusalAsync(string hocon)
    {
        using var log = new LogLines();
        var watch = Stopwatch.StartNew();
        var failure = await Assert.ThrowsAsync<ConfigurationException>(async () => await (await StartAsync(_seed?.NodeAddress ?? "", hocon, log).WaitAsync(2 * TestHost.Patience)).DisposeAsync());
        Assert.DoesNotContain('\n', failure.Message);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, RefusalMax);
        return failure.Message;
    }

    private static Task<MillraceHost> StartAsync(string seeds, string hocon, LogLines log) => MillraceHost.StartAsync(options =>
    {
        options.StopsOnSignal = false;
        options.LoggerFactory = log;
        options.WithHocon($"millrace.cluster {{ enabled = on, port = 0, seeds = \"{seeds}\"\n{hocon} }}");
    });
}
