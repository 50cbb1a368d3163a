using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Client;
using Millrace.Connectors.Rates;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Hosting;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>Jobs that are submitted to nodes which have a catalog and no job of their own; several nodes in one process.</summary>
public sealed class SubmitTests : IAsyncLifetime, IDisposable
{
    private const int Keys = 97;
    private const string Rate = "20000";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly SharedTable<(int Key, long Value, long Index)> _table = new();
    private readonly SharedTable<(int Split, int Number)> _numbers = new();
    private readonly List<MillraceHost> _hosts = [];
    private readonly ConcurrentQueue<int> _calls = [];
    private readonly LogEvents _events = new();
    private int _started;
    private int? _refusing;
    private volatile bool _isPoisoned;
    private TaskCompletionSource? _holds;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await StopAllAsync();
        _folder.Delete(recursive: true);
    }

    public void Dispose() => _events.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_is_submitted_runs_on_every_node_until_it_is_stopped(bool isByClient)
    {
        await StartNodesAsync(3);
        await using var client = await ConnectAsync();
        var cluster = isByClient ? client : _hosts[2].Cluster!;

        await cluster.SubmitAsync("index", "rows", [Rate]).WaitAsync(TestHost.Patience);

        var job = Assert.Single(await _hosts[0].Cluster!.ListJobsAsync());
        Assert.Equal(("rows", JobState.Running), (job.Name, job.State));
        Assert.NotNull(job.Coordinator);
        await ListedAsync(cluster, known => known is { State: JobState.Running, Nodes.Count: 3 });
        await _table.GrowAsync(1000);
        Assert.Equal([0, 1, 2], _calls.Order());

        await cluster.StopJobAsync("rows", graceful: true).WaitAsync(TestHost.Patience);

        Assert.Empty(await cluster.ListJobsAsync());
        await NoneRunsAsync();
        CheckRows();
        await StartNodesAsync(1);
        Assert.Empty(await _hosts[^1].Cluster!.ListJobsAsync());
        Assert.Equal(3, _calls.Count);
    }

    [Fact]
    public async Task A_program_that_no_node_has_is_refused_with_those_that_they_have()
    {
        await StartNodesAsync(2);

        var failure = await RefusedAsync<ConfigurationException>("count");

        Assert.Equal("Program count: one of the catalog expected, none of that name found (known: index, numbers); correct the name, or register it on every node (MillraceHostOptions.WithProgram).", failure);
    }

    [Fact]
    public async Task Nodes_that_lack_a_program_are_named()
    {
        await StartNodesAsync(1);
        await StartNodesAsync(1, options => options.WithProgram("other", static (_, _, _) => Task.CompletedTask));
        await StartNodesAsync(1, static _ => { });

        var failure = await RefusedAsync<ConfigurationException>("index");

        var lacking = string.Join(", ", _hosts.Skip(1).Select(host => host.NodeAddress).Order(StringComparer.Ordinal));
        Assert.Equal($"Program index: a catalog that has it expected on every node, none found on {lacking}; start the same program on all nodes, then submit again.", failure);
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task Nodes_without_a_catalog_take_no_job()
    {
        await StartNodesAsync(2, static _ => { });

        Assert.Equal(
            "Job rows: a node with a catalog expected, none found in the cluster; register programs on every node (MillraceHostOptions.WithProgram), or start the job in the nodes' own program.",
            await RefusedAsync<ConfigurationException>("index"));
    }

    [Fact]
    public async Task What_is_submitted_again_under_its_id_is_not_done_again()
    {
        await StartNodesAsync(2);
        var id = RequestUid.New();

        await Task.WhenAll(Submit(_hosts[0]), Submit(_hosts[1])).WaitAsync(TestHost.Patience);
        await Submit(_hosts[1]).WaitAsync(TestHost.Patience);
        await ListedAsync(_hosts[0].Cluster!, job => job is { State: JobState.Running, Nodes.Count: 2 });
        Assert.Equal([0, 1], _calls.Order());

        await _hosts[1].Cluster!.StopJobAsync("rows", graceful: false).WaitAsync(TestHost.Patience);
        await _hosts[0].DisposeAsync();
        await Submit(_hosts[1]).WaitAsync(TestHost.Patience);

        Assert.Empty(await _hosts[1].Cluster!.ListJobsAsync());
        Assert.Equal(2, _calls.Count);

        Task Submit(MillraceHost host) => host.Cluster!.SubmitAsync(id, "index", "rows", [Rate], CancellationToken.None);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused()
    {
        await StartNodesAsync(2);
        var table = new SharedTable<(int Key, long Value, long Index)>();
        var own = await Task.WhenAll(_hosts.Select(host => host.StartAsync(Graph(20_000, table), Options("own")))).WaitAsync(TestHost.Patience);

        Assert.Equal("Job own: a name that no job has expected, that of a running one found; stop that one, or choose another name.", await RefusedAsync<InvalidOperationException>("index", "own"));

        await own[0].StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        await SubmitAsync("rows");
        Assert.Equal("Job rows: a name that no job has expected, that of a submitted one found (program index); stop that one, or choose another name.", await RefusedAsync<InvalidOperationException>("numbers"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_submissions_of_one_name_at_once_one_is_done(bool isDurable)
    {
        await StartNodesAsync(3, isDurable: isDurable);

        var outcomes = await Task.WhenAll(_hosts.Select(host => Caught(() => host.Cluster!.SubmitAsync("index", "rows", [Rate])))).WaitAsync(TestHost.Patience);

        var refused = outcomes.OfType<InvalidOperationException>().ToArray();
        Assert.Equal(2, refused.Length);
        Assert.All(refused, failure => Assert.StartsWith("Job rows: a name that no job has expected, that of a submitted one found (program index", failure.Message, StringComparison.Ordinal));
        await ListedAsync(_hosts[0].Cluster!, job => job is { State: JobState.Running, Nodes.Count: 3 });
        Assert.Equal([0, 1, 2], _calls.Order());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_that_come_later_run_it_also_when_those_are_gone_that_it_was_submitted_to(bool isDurable)
    {
        await StartNodesAsync(2, isDurable: isDurable);
        await SubmitAsync("rows");
        await _table.GrowAsync(1000);

        for (var node = 0; node < 2; node++)
        {
            await StartNodesAsync(1, isDurable: isDurable, seed: _hosts[^1].NodeAddress);
            await ListedAsync(_hosts[^1].Cluster!, job => job is { State: JobState.Running, Nodes.Count: 3 });
            await _hosts[0].DisposeAsync();
            _hosts.RemoveAt(0);
            await _table.GrowAsync(1000);
        }

        Assert.Equal([0, 1, 2, 3], _calls.Order());
        await _hosts[0].Cluster!.StopJobAsync("rows", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task A_cluster_that_was_stopped_and_started_runs_what_was_submitted_and_nothing_that_was_stopped()
    {
        await StartNodesAsync(2, isDurable: true);
        await SubmitAsync("rows");
        await SubmitAsync("others", "numbers");
        await _table.GrowAsync(1000);

        await RestartAsync();

        await ListedAsync(_hosts[0].Cluster!, job => job is { Name: "rows", State: JobState.Running, Nodes.Count: 2 });
        await _table.GrowAsync(1000);
        await _hosts[1].Cluster!.StopJobAsync("rows", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();

        await RestartAsync();

        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());
        Assert.Empty(await _hosts[1].Cluster!.ListJobsAsync());
        await SubmitAsync("rows");
        await _table.GrowAsync(1000);
        await _hosts[1].Cluster!.StopJobAsync("rows", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task A_book_of_many_changes_is_read_again()
    {
        await StartNodesAsync(1, isDurable: true);
        await SubmitAsync("rows");
        for (var change = 0; change < 24; change += 2)
            await RefusedAsync<InvalidOperationException>("index", "refused", arguments: []);

        await RestartAsync();

        Assert.Equal(["rows"], (await _hosts[0].Cluster!.ListJobsAsync()).Select(job => job.Name));
        await _table.GrowAsync(1000);
    }

    [Fact]
    public async Task Two_nodes_that_both_keep_the_book_are_told_apart_by_the_journal()
    {
        await StartNodesAsync(1, isDurable: true);
        await StartNodesAsync(1, isDurable: true, seed: "");
        _refusing = 1;
        await _hosts[0].Cluster!.SubmitAsync("index", "rows", [Rate]).WaitAsync(TestHost.Patience);

        Assert.StartsWith(
            "Job rows: a name that no job has expected, that of a submitted one found (program index, which does not run: ",
            (await Assert.ThrowsAsync<InvalidOperationException>(() => SubmitAsync("rows"))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_directory_a_cluster_that_was_stopped_knows_nothing()
    {
        await StartNodesAsync(2);
        await SubmitAsync("rows");

        await RestartAsync(isDurable: false);

        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());
    }

    [Fact]
    public async Task Arguments_that_every_node_refuses_are_refused_with_what_a_program_says()
    {
        await StartNodesAsync(2);

        var failure = await RefusedAsync<InvalidOperationException>("index", arguments: []);

        Assert.Matches(@"^Job rows: program index started nothing on any node, on 127\.0\.0\.1:\d+ because of ArgumentException: rows a second expected$", failure);
        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());
        await SubmitAsync("rows");
    }

    [Fact]
    public async Task A_program_that_starts_no_job_is_refused()
    {
        await StartNodesAsync(1, options => options.WithProgram("nothing", static (_, _, _) => Task.CompletedTask));

        Assert.EndsWith(
            "because of nothing: it ended, and a job that it starts on the runner it is given was expected", await RefusedAsync<InvalidOperationException>("nothing"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_whose_program_throws_says_so_and_the_others_go_on()
    {
        await StartNodesAsync(3);
        _refusing = 1;

        await SubmitAsync("rows");

        Assert.Equal(
            "Job rows: program index does not run on this node: FormatException: not here; it is tried again in 5 s", await _events.FirstAsync(6003).WaitAsync(TestHost.Patience));
        await ListedAsync(_hosts[1].Cluster!, job => job is { State: JobState.Running, Nodes.Count: 2 });
        await _table.GrowAsync(1000);

        // It is tried again, since what was in the way may have gone.
        _refusing = null;
        await ListedAsync(_hosts[1].Cluster!, job => job is { State: JobState.Running, Nodes.Count: 3 });
    }

    [Fact]
    public async Task A_job_that_came_to_its_end_is_not_started_again()
    {
        await StartNodesAsync(2, isDurable: true);

        await SubmitAsync("others", "numbers");
        await EndedAsync();
        Assert.Equal(2000, _numbers.Rows.Length);
        await RestartAsync();

        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());
        Assert.Empty(_calls);
    }

    [Fact]
    public async Task A_job_that_failed_is_not_started_again_until_it_is_submitted_again()
    {
        await StartNodesAsync(2, isDurable: true);
        await SubmitAsync("rows");
        await _table.GrowAsync(1000);

        _isPoisoned = true;
        await EndedAsync();
        await RestartAsync();
        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());

        _isPoisoned = false;
        await SubmitAsync("rows");
        await _table.GrowAsync(1000);
        await _hosts[1].Cluster!.StopJobAsync("rows", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task A_job_that_fails_at_once_is_refused_with_its_failure()
    {
        await StartNodesAsync(2);
        await SubmitAsync("whatever", "numbers");
        await EndedAsync();

        // Its checkpoint is that of another program.
        var failure = await RefusedAsync<InvalidOperationException>("index", "whatever");

        Assert.StartsWith("Job whatever failed: ", failure, StringComparison.Ordinal);
        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_a_node_stops_is_not_started_again(bool hasSavepoint)
    {
        await StartNodesAsync(2, isDurable: true);
        await SubmitAsync("rows");
        await ListedAsync(_hosts[0].Cluster!, job => job is { State: JobState.Running, Nodes.Count: 2 });
        await _table.GrowAsync(1000);

        var job = Assert.Single(_hosts[1].Jobs);
        if (hasSavepoint)
            await job.StopWithSavepointAsync(Path.Combine(_folder.FullName, "savepoint")).WaitAsync(TestHost.Patience);
        else
            await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        await EndedAsync();
        await RestartAsync();

        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());
        CheckRows();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_submitted_while_the_node_goes_that_sees_to_it_is_done_by_the_next_one(bool isDurable)
    {
        await StartNodesAsync(3, isDurable: isDurable);
        await using var client = await ConnectAsync();

        var leaving = _hosts[0].DisposeAsync().AsTask();
        await Task.WhenAll(leaving, client.SubmitAsync("index", "rows", [Rate])).WaitAsync(2 * TestHost.Patience);

        await ListedAsync(client, job => job is { State: JobState.Running, Nodes.Count: 2 } && !job.Nodes.Contains(_hosts[0].NodeAddress));
        await _table.GrowAsync(1000);
        await client.StopJobAsync("rows", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task A_job_that_is_stopped_while_a_node_is_about_to_start_it_starts_nowhere()
    {
        await StartNodesAsync(2, isDurable: true);
        await SubmitAsync("rows");
        await _table.GrowAsync(1000);
        _holds = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await StartNodesAsync(1, isDurable: true);
        while (!_calls.Contains(2))
            await _table.GrowAsync(10);

        var stopping = _hosts[0].Cluster!.StopJobAsync("rows", graceful: true);
        await EndedAsync(_hosts[1]);
        Assert.False(stopping.IsCompleted);
        _holds.SetResult();
        await stopping.WaitAsync(TestHost.Patience);

        await NoneRunsAsync();
        CheckRows();
    }

    private static async Task<Exception?> Caught(Func<Task> ask)
    {
        try
        {
            await ask();
            return null;
        }
        catch (Exception failure)
        {
            return failure;
        }
    }

    /// <summary>One job, once it looks like this: what other nodes say is a little older.</summary>
    private static async Task ListedAsync(ClusterClient client, Func<ClusterJob, bool> isSo)
    {
        using var patience = new CancellationTokenSource(TestHost.Patience);
        while (!(await client.ListJobsAsync(patience.Token)).Any(isSo))
        {
        }
    }

    /// <summary>No job runs any more, or is to.</summary>
    private async Task EndedAsync(MillraceHost? on = null)
    {
        using var patience = new CancellationTokenSource(TestHost.Patience);
        while ((await (on ?? _hosts[0]).Cluster!.ListJobsAsync(patience.Token)).Count > 0)
        {
        }
    }

    private Task NoneRunsAsync() => Task.WhenAll(_hosts.SelectMany(host => host.Jobs).Select(job => job.Completion)).WaitAsync(TestHost.Patience);

    private async Task<string> RefusedAsync<T>(string program, string job = "rows", string[]? arguments = null)
        where T : Exception
    {
        await using var client = await ConnectAsync();
        var failure = await Assert.ThrowsAsync<T>(() => client.SubmitAsync(program, job, arguments ?? [Rate])).WaitAsync(TestHost.Patience);
        Assert.DoesNotContain('\n', failure.Message);
        return failure.Message;
    }

    private Task SubmitAsync(string job, string program = "index") => _hosts[^1].Cluster!.SubmitAsync(program, job, [Rate]).WaitAsync(TestHost.Patience);

    private async Task<ClusterClient> ConnectAsync() => await ClusterClient.ConnectAsync(
        options => options.WithHocon($"millrace.cluster.seeds = \"{string.Join(',', _hosts.Select(host => host.NodeAddress))}\"")).WaitAsync(TestHost.Patience);

    private async Task RestartAsync(bool isDurable = true)
    {
        var nodes = _hosts.Count;
        await StopAllAsync();
        _calls.Clear();
        await StartNodesAsync(nodes, isDurable: isDurable);
    }

    private async Task StopAllAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _hosts.Clear();
    }

    private async Task StartNodesAsync(int count, Action<MillraceHostOptions>? catalog = null, bool isDurable = false, string? seed = null)
    {
        for (var started = 0; started < count; started++)
        {
            var node = _started++;
            var seeds = seed ?? (_hosts.Count == 0 ? "" : _hosts[0].NodeAddress!);
            _hosts.Add(await MillraceHost.StartAsync(options =>
            {
                options.StopsOnSignal = false;
                options.LoggerFactory = _events;
                (catalog ?? (all => Register(all, node)))(options);
                options.WithHocon(string.Create(
                    CultureInfo.InvariantCulture,
                    $"millrace.cluster {{ enabled = on, port = 0, seeds = \"{seeds}\", jobs-directory = \"{(isDurable ? _folder.FullName : "")}\" }}"));
            }).WaitAsync(TestHost.Patience));
        }
    }

    private void Register(MillraceHostOptions options, int node) => options
        .WithProgram("index", async (runner, submission, cancellation) =>
        {
            _calls.Enqueue(node);
            if (submission.Arguments is not [var rate])
                throw new ArgumentException("rows a second expected");
            if (_refusing == node)
                throw new FormatException("not here");
            if (_holds is { } holds && node == 2)
                await holds.Task;
            var job = await runner.StartAsync(Graph(long.Parse(rate, CultureInfo.InvariantCulture)), Options("whatever"), cancellation);
            await job.Completion;
        })
        .WithProgram("numbers", (runner, submission, cancellation) =>
        {
            _calls.Enqueue(node);
            var graph = TestHost.Graph(new NumberSource(splits: 2, epochs: 10, recordsPerEpoch: 100), _numbers, "map", () => new MapOperator<(int, int), (int, int)>(row => row));
            return runner.StartAsync(graph, Options(submission.Job) with { CheckpointDirectory = Path.Combine(_folder.FullName, submission.Job) }, cancellation);
        });

    private JobOptions Options(string name) => new()
    {
        Name = name,
        CheckpointDirectory = Path.Combine(_folder.FullName, name),
        EpochInterval = TimeSpan.FromMilliseconds(50),
        Parallelism = 6,
    };

    private StreamGraph Graph(long rate, SharedTable<(int Key, long Value, long Index)>? table = null)
    {
        var graph = new StreamGraph();
        var pairs = graph.AddOperator<RateRow, (int Key, long Value)>(
            "pair", graph.AddSource("rate", new RateSource(rate)), () => new MapOperator<RateRow, (int Key, long Value)>(Pair), new NodeOptions());
        var indexed = graph.AddOperator<(int Key, long Value), (int Key, long Value, long Index)>(
            "index", pairs, () => new IndexOperator(_ => { }), exchange: Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));
        graph.AddSink("table", indexed, table ?? _table);
        return graph;

        (int Key, long Value) Pair(RateRow row) => _isPoisoned ? throw new FormatException("poison") : ((int)(row.Value % Keys), row.Value);
    }

    /// <summary>Nothing lost, nothing doubled, and the state of each key never saw anything else.</summary>
    private void CheckRows()
    {
        var rows = _table.Rows;
        Assert.Equal(Enumerable.Range(0, rows.Length).Select(value => (long)value), rows.Select(row => row.Value).Order());
        foreach (var key in rows.GroupBy(row => row.Key))
            Assert.Equal(Enumerable.Range(1, key.Count()).Select(index => (long)index), key.Select(row => row.Index).Order());
    }
}
