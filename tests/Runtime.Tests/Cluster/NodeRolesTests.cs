using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Client;
using Millrace.Connectors.Rates;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>Nodes of different roles in one process.</summary>
public sealed class NodeRolesTests : IAsyncLifetime
{
    private const int Keys = 97;
    private const string Coordinator = "[coordinator]";
    private const string Worker = "[worker]";
    private const int RoleIsMissing = 4010;
    private const int RoleIsThere = 4011;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly SharedTable<(int Key, long Value, long Index)> _table = new();
    private readonly List<MillraceHost> _hosts = [];
    private readonly List<LogEvents> _events = [];
    private readonly ConcurrentDictionary<int, long> _rowsByNode = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        foreach (var events in _events)
            events.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_node_that_only_coordinates_holds_no_task_and_takes_requests()
    {
        await StartNodeAsync(Worker, workers: 2);
        await StartNodeAsync(Coordinator, workers: 2);
        await StartNodeAsync(Worker, workers: 2);
        var jobs = await Task.WhenAll(StartJob(0), StartJob(1), StartJob(2)).WaitAsync(2 * TestHost.Patience);
        await _table.GrowAsync(20_000);

        Assert.Equal([0, 2], _rowsByNode.Keys.Order());
        var listed = Assert.Single(await _hosts[0].Cluster!.ListJobsAsync());
        Assert.Equal((_hosts[1].NodeAddress, 3), (listed.Coordinator, listed.Nodes.Count));
        Assert.Equal(JobState.Running, jobs[1].State);
        Assert.InRange(jobs[1].Committed.Number, 1, long.MaxValue);
        Assert.InRange((await jobs[1].StateOf<int, long>("index(rate)").GetAsync(1).WaitAsync(TestHost.Patience)).Value.Value, 1, long.MaxValue);
        await using var client = await ClusterClient.ConnectAsync(options => options.WithHocon($"millrace.cluster.seeds = \"{_hosts[1].NodeAddress}\"")).WaitAsync(TestHost.Patience);
        await client.StopJobAsync("index", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task Workers_that_have_lost_the_only_coordinator_wait_and_go_on_with_the_next_one()
    {
        await StartNodeAsync(Coordinator, workers: 2);
        await StartNodeAsync(Worker, workers: 2);
        await StartNodeAsync(Worker, workers: 2);
        await Task.WhenAll(StartJob(0), StartJob(1), StartJob(2)).WaitAsync(2 * TestHost.Patience);
        await _table.GrowAsync(5000);

        await _hosts[0].DisposeAsync();
        var waits = await _events[1].FirstAsync(RoleIsMissing).WaitAsync(TestHost.Patience);
        Assert.Equal("Job index: no node with the role coordinator runs it (millrace.cluster.roles); it waits for one", waits);
        Assert.Null(Assert.Single(await _hosts[1].Cluster!.ListJobsAsync()).Coordinator);

        await StartNodeAsync(Coordinator, workers: 2, _hosts[1].NodeAddress);
        var job = await StartJob(3).WaitAsync(TestHost.Patience);
        Assert.Equal("Job index: a node with the role coordinator runs it now, and it goes on", await _events[1].FirstAsync(RoleIsThere).WaitAsync(TestHost.Patience));
        await _table.GrowAsync(5000);
        Assert.DoesNotContain(3, _rowsByNode.Keys);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task Another_coordinator_takes_over_where_there_is_one_and_no_worker_does()
    {
        await StartNodeAsync(Worker, workers: 1);
        await StartNodeAsync(Coordinator, workers: 1);
        await StartNodeAsync(Coordinator, workers: 1);
        var jobs = await Task.WhenAll(StartJob(0), StartJob(1), StartJob(2)).WaitAsync(2 * TestHost.Patience);
        await _table.GrowAsync(5000);
        var first = await CoordinatorAsync(address => address is not null);

        await _hosts.Single(host => host.NodeAddress == first).DisposeAsync();
        var next = await CoordinatorAsync(address => address is not null && address != first);

        Assert.Equal(_hosts.Skip(1).Single(host => host.NodeAddress != first).NodeAddress, next);
        await _table.GrowAsync(5000);
        Assert.Equal([0], _rowsByNode.Keys);
        await jobs[0].StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task A_job_without_a_worker_waits_for_one_and_says_so()
    {
        await StartNodeAsync(Coordinator, workers: 1);
        var starting = StartJob(0);
        Assert.Equal("Job index: no node with the role worker runs it (millrace.cluster.roles); it waits for one", await _events[0].FirstAsync(RoleIsMissing).WaitAsync(TestHost.Patience));
        Assert.False(starting.IsCompleted);

        await StartNodeAsync(Worker, workers: 1);
        var job = await StartJob(1).WaitAsync(TestHost.Patience);

        Assert.Equal(JobState.Running, (await starting.WaitAsync(TestHost.Patience)).State);
        await _table.GrowAsync(5000);
        Assert.Equal([1], _rowsByNode.Keys);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    private async Task<string?> CoordinatorAsync(Predicate<string?> isSo)
    {
        using var patience = new CancellationTokenSource(TestHost.Patience);
        while (true)
        {
            if (await _hosts[0].Cluster!.ListJobsAsync(patience.Token) is [{ Coordinator: var coordinator }] && isSo(coordinator))
                return coordinator;
        }
    }

    /// <summary>Nothing lost, nothing doubled, and the state of each key never saw anything else.</summary>
    private void CheckRows()
    {
        var rows = _table.Rows;
        Assert.Equal(Enumerable.Range(0, rows.Length).Select(value => (long)value), rows.Select(row => row.Value).Order());
        foreach (var key in rows.GroupBy(row => row.Key))
            Assert.Equal(Enumerable.Range(1, key.Count()).Select(index => (long)index), key.Select(row => row.Index).Order());
    }

    private async Task StartNodeAsync(string roles, int workers, string? seed = null)
    {
        var events = new LogEvents();
        _events.Add(events);
        _hosts.Add(await MillraceHost.StartAsync(options =>
        {
            options.StopsOnSignal = false;
            options.LoggerFactory = events;
            options.WithHocon(string.Create(
                CultureInfo.InvariantCulture,
                $"millrace.cluster {{ enabled = on, port = 0, nodes = {workers}, roles = {roles}, seeds = \"{(_hosts.Count == 0 ? "" : seed ?? _hosts[0].NodeAddress)}\" }}"));
        }));
    }

    private Task<IJob> StartJob(int node)
    {
        var graph = new StreamGraph();
        var pairs = graph.AddOperator<RateRow, (int Key, long Value)>(
            "pair", graph.AddSource("rate", new RateSource(20_000)), () => new MapOperator<RateRow, (int Key, long Value)>(row => ((int)(row.Value % Keys), row.Value)));
        var indexed = graph.AddOperator<(int Key, long Value), (int Key, long Value, long Index)>(
            "index", pairs, () => new IndexOperator(rows => _rowsByNode.AddOrUpdate(node, rows, (_, sum) => sum + rows)), exchange: Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));
        graph.AddSink("table", indexed, _table);
        return _hosts[node].StartAsync(graph, new JobOptions { Name = "index", CheckpointDirectory = _folder.FullName, EpochInterval = TimeSpan.FromMilliseconds(50), Parallelism = 6 });
    }
}
