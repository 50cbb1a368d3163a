using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Client;
using Millrace.Connectors.Rates;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>Several nodes in one process, on a SQLite file that all of them open.</summary>
public sealed class ClusterTests : IAsyncLifetime, IDisposable
{
    private const int Keys = 97;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly SharedTable<(int Key, long Value, long Index)> _table = new();
    private readonly List<MillraceHost> _hosts = [];
    private readonly List<IJob> _jobs = [];
    private readonly List<IdleSlices> _slices = [];
    private readonly LogEvents _events = new();
    private readonly ConcurrentDictionary<int, long> _rowsByNode = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public void Dispose() => _events.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Tasks_are_spread_over_the_nodes_and_every_record_comes_out_once(bool isSecure)
    {
        using var authority = isSecure ? new TestAuthority(_folder.FullName, "authority") : null;
        await StartAsync(nodes: 3, authority);

        await _table.GrowAsync(20_000);
        await _jobs[1].StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        await Task.WhenAll(_jobs.Select(job => job.Completion)).WaitAsync(TestHost.Patience);

        Assert.All(_jobs, job => Assert.Equal(JobState.Stopped, job.State));
        Assert.Equal([0, 1, 2], _rowsByNode.Keys.Order());
        CheckRows();
    }

    [Fact]
    public async Task A_node_that_leaves_is_made_up_for_by_the_others()
    {
        await StartAsync(nodes: 3);
        await _table.GrowAsync(5000);

        await _hosts[0].DisposeAsync();
        await _table.GrowAsync(5000);
        await _hosts[1].DisposeAsync();
        await _table.GrowAsync(5000);
        await _jobs[2].StopAsync(graceful: true).WaitAsync(TestHost.Patience);

        CheckRows();
    }

    [Fact]
    public async Task Tasks_move_off_a_slow_node_and_back_and_every_record_comes_out_once()
    {
        await StartAsync(nodes: 3, hocon: "straggler-rest = 10 s");
        await _table.GrowAsync(20_000);

        _slices[2].IsOn = true;
        var slow = await _events.FirstAsync(1014).WaitAsync(TestHost.Patience);
        var moves = await _events.FirstAsync(1015).WaitAsync(TestHost.Patience);
        var back = _events.FirstAsync(1016);
        await _table.GrowAsync(5000);
        var rows = _rowsByNode[2];
        await _table.GrowAsync(20_000);

        Assert.Equal(rows, _rowsByNode[2]);
        Assert.False(back.IsCompleted);
        Assert.StartsWith($"Job index: node {_hosts[2].NodeAddress} is slow: ", slow, StringComparison.Ordinal);
        Assert.Matches($"^Job index: [1-9][0-9]* tasks move off node {_hosts[2].NodeAddress} to the others, 0 stay", moves);

        _slices[2].IsOn = false;
        await back.WaitAsync(TestHost.Patience);
        while (_rowsByNode[2] == rows)
            await _table.GrowAsync(1000);
        await _jobs[0].StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task It_is_rescaled_from_any_node_while_nodes_leave_and_join()
    {
        await StartAsync(nodes: 3);
        await _table.GrowAsync(5000);

        await _jobs[1].RescaleAsync(9).WaitAsync(TestHost.Patience);
        await _table.GrowAsync(5000);
        await _hosts[2].Cluster!.RescaleJobAsync("index", "index(rate)", 4).WaitAsync(TestHost.Patience);
        await _table.GrowAsync(5000);
        var rescaled = _jobs[1].RescaleAsync("index(rate)", 7);
        await _hosts[0].DisposeAsync();
        await rescaled.WaitAsync(TestHost.Patience);
        await _table.GrowAsync(5000);
        Assert.Contains(_events.All(1017), line => line.Contains("index(rate) × 7", StringComparison.Ordinal));

        await StartNodeAsync(3, _hosts[1].NodeAddress!, null, "");
        var late = await _hosts[3].StartAsync(Graph(3), Options).WaitAsync(TestHost.Patience);
        while (!_rowsByNode.ContainsKey(3))
            await _table.GrowAsync(1000);
        await late.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        await Task.WhenAll(_jobs[1].Completion, _jobs[2].Completion).WaitAsync(TestHost.Patience);

        CheckRows();
    }

    /// <summary>Nothing lost, nothing doubled, and the state of each key never saw anything else.</summary>
    private void CheckRows()
    {
        var rows = _table.Rows;
        Assert.Equal(Enumerable.Range(0, rows.Length).Select(value => (long)value), rows.Select(row => row.Value).Order());
        foreach (var key in rows.GroupBy(row => row.Key))
            Assert.Equal(Enumerable.Range(1, key.Count()).Select(index => (long)index), key.Select(row => row.Index).Order());
    }

    private async Task StartAsync(int nodes, TestAuthority? authority = null, string hocon = "")
    {
        var seed = await StartNodeAsync(nodes, "", authority, hocon);
        for (var node = 1; node < nodes; node++)
            await StartNodeAsync(nodes, seed, authority, hocon);
        _jobs.AddRange(await Task.WhenAll(_hosts.Select((host, node) => host.StartAsync(Graph(node), Options))).WaitAsync(2 * TestHost.Patience));
    }

    private async Task<string> StartNodeAsync(int nodes, string seed, TestAuthority? authority, string hocon)
    {
        _slices.Add(new());
        var tls = authority is null ? "" : TestAuthority.Hocon(authority.Node($"node-{_hosts.Count}"));
        var host = await MillraceHost.StartAsync(options =>
        {
            options.StopsOnSignal = false;
            options.LoggerFactory = _events;
            options.Faults = _slices[^1];
            options.WithHocon(string.Create(
                CultureInfo.InvariantCulture, $"millrace.cluster {{ enabled = on, port = 0, nodes = {nodes}, seeds = \"{seed}\"\n{tls}\n{hocon} }}"));
        });
        _hosts.Add(host);
        return host.NodeAddress!;
    }

    private JobOptions Options => new()
    {
        Name = "index",
        CheckpointDirectory = _folder.FullName,
        EpochInterval = TimeSpan.FromMilliseconds(50),
        Parallelism = 6,
    };

    private StreamGraph Graph(int node)
    {
        var graph = new StreamGraph();
        var pairs = graph.AddOperator<RateRow, (int Key, long Value)>(
            "pair", graph.AddSource("rate", new RateSource(20_000)), () => new MapOperator<RateRow, (int Key, long Value)>(row => ((int)(row.Value % Keys), row.Value)));
        var indexed = graph.AddOperator<(int Key, long Value), (int Key, long Value, long Index)>(
            "index", pairs, () => new IndexOperator(rows => _rowsByNode.AddOrUpdate(node, rows, (_, sum) => sum + rows)), exchange: Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));
        graph.AddSink("table", indexed, _table);
        return graph;
    }
}
