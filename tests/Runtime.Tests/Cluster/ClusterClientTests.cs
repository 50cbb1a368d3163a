using System.Globalization;
using Millrace.Client;
using Millrace.Connectors.Rates;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Cluster;

/// <summary>What a client, or any node, asks of the jobs of three nodes in one process.</summary>
public sealed class ClusterClientTests : IAsyncLifetime
{
    private const int Keys = 97;
    private const int PoisonEvery = 1000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly SharedTable<(int Key, long Value, long Index)> _table = new();
    private readonly List<MillraceHost> _hosts = [];
    private readonly List<IJob> _jobs = [];
    private volatile bool _isPoisoned;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_lists_the_jobs_and_stops_one(bool isSecure)
    {
        using var authority = isSecure ? new TestAuthority(_folder.FullName, "authority") : null;
        await StartAsync(nodes: 3, authority);
        await using var client = await ConnectAsync(authority);
        await _table.GrowAsync(1000);

        var job = await ListedAsync(client, known => known is { State: JobState.Running, Coordinator: not null, Nodes.Count: 3, Committed.Number: > 0 });
        Assert.Equal("index", job.Name);
        Assert.Matches("^[0-9a-f]{16}$", job.Fingerprint);
        Assert.Equal(_hosts.Select(host => host.NodeAddress).Order(StringComparer.Ordinal), job.Nodes);
        Assert.Contains(job.Coordinator, job.Nodes);

        await client.StopJobAsync("index", graceful: true).WaitAsync(TestHost.Patience);

        Assert.Empty(await client.ListJobsAsync());
        await Task.WhenAll(_jobs.Select(running => running.Completion)).WaitAsync(TestHost.Patience);
        Assert.All(_jobs, running => Assert.Equal(JobState.Stopped, running.State));
        CheckRows();
    }

    [Fact]
    public async Task A_node_that_does_not_run_a_job_stops_it_at_once()
    {
        await StartAsync(nodes: 2);
        await StartNodeAsync(3, _hosts[0].NodeAddress!, null);

        await _hosts[2].Cluster!.StopJobAsync("index", graceful: false).WaitAsync(TestHost.Patience);
        await Task.WhenAll(_jobs.Select(job => job.Completion)).WaitAsync(TestHost.Patience);

        Assert.All(_jobs, job => Assert.Equal(JobState.Stopped, job.State));
        Assert.Empty(await _hosts[2].Cluster!.ListJobsAsync());
    }

    [Fact]
    public async Task A_job_that_nobody_runs_is_refused_in_one_line()
    {
        await StartAsync(nodes: 1);
        await using var client = await ConnectAsync();

        foreach (var ask in new Func<Task>[]
        {
            () => client.StopJobAsync("count", graceful: true),
            () => client.TakeSavepointAsync("count", Path.Combine(_folder.FullName, "savepoint")),
            () => client.DeadLettersOf("count").ReadAsync(),
            () => _hosts[0].Cluster!.DeadLettersOf("count").ReplayAllAsync(),
        })
        {
            var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => ask().WaitAsync(TestHost.Patience));
            Assert.StartsWith("Job count: one that runs in the cluster expected, none of that name found (running: index)", failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }
    }

    [Fact]
    public async Task A_client_without_a_seed_that_answers_is_refused_in_one_line()
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => ClusterClient.ConnectAsync(options => options.WithHocon("millrace.cluster.seeds = \"127.0.0.1:1\"")));

        Assert.StartsWith("Cluster millrace: a seed that answers expected within 10 s, none of 127.0.0.1:1 found; start one of them, or correct millrace.cluster.seeds", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        var none = await Assert.ThrowsAsync<ConfigurationException>(() => ClusterClient.ConnectAsync());
        Assert.StartsWith("millrace.cluster.seeds: the address of a node expected for a client, none found", none.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_of_another_authority_is_refused_in_one_line()
    {
        using var authority = new TestAuthority(_folder.FullName, "ours");
        using var other = new TestAuthority(_folder.FullName, "theirs");
        await StartNodeAsync(1, "", authority);

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => ConnectAsync(other));

        Assert.Contains("a certificate of the authority", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task A_savepoint_is_taken_from_each_node_and_from_a_client_and_holds_what_is_written()
    {
        await StartAsync(nodes: 3);
        await using var client = await ConnectAsync();
        await _table.GrowAsync(1000);

        for (var node = 0; node < _jobs.Count; node++)
        {
            var path = Path.Combine(_folder.FullName, $"of-node-{node}");
            var epoch = await _jobs[node].TakeSavepointAsync(path).WaitAsync(TestHost.Patience);
            Assert.Equal(epoch.Number, SavepointFile.Read(path).Snapshot.Epoch);
        }

        var there = Path.Combine(_folder.FullName, "of-node-0");
        Assert.Contains("a new file expected, one found", (await Assert.ThrowsAsync<ConfigurationException>(() => client.TakeSavepointAsync("index", there).WaitAsync(TestHost.Patience))).Message, StringComparison.Ordinal);
        Assert.Contains("a new file expected, one found", (await Assert.ThrowsAsync<ConfigurationException>(() => _jobs[1].TakeSavepointAsync(there).WaitAsync(TestHost.Patience))).Message, StringComparison.Ordinal);

        var last = Path.Combine(_folder.FullName, "last");
        var end = await client.StopWithSavepointAsync("index", last).WaitAsync(TestHost.Patience);
        await Task.WhenAll(_jobs.Select(job => job.Completion)).WaitAsync(TestHost.Patience);

        Assert.All(_jobs, job => Assert.Equal((JobState.Stopped, end), (job.State, job.Committed)));
        Assert.Equal(end.Number, SavepointFile.Read(last).Snapshot.Epoch);
        CheckRows();
    }

    [Fact]
    public async Task A_savepoint_that_ends_the_job_is_written_for_whichever_node_asks()
    {
        await StartAsync(nodes: 3);
        await _table.GrowAsync(1000);
        var coordinator = (await ListedAsync(_hosts[0].Cluster!, job => job.Coordinator is not null)).Coordinator;
        var other = _hosts.FindIndex(host => host.NodeAddress != coordinator);
        var path = Path.Combine(_folder.FullName, "last");

        var end = await _jobs[other].StopWithSavepointAsync(path).WaitAsync(TestHost.Patience);

        Assert.Equal(JobState.Stopped, _jobs[other].State);
        Assert.Equal(end.Number, SavepointFile.Read(path).Snapshot.Epoch);
        await Task.WhenAll(_jobs.Select(job => job.Completion)).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task Dead_letters_of_all_nodes_are_read_replayed_and_discarded_from_any_node_and_from_a_client()
    {
        _isPoisoned = true;
        await StartAsync(nodes: 3);
        await using var client = await ConnectAsync();
        var letters = client.DeadLettersOf("index");
        await _table.GrowAsync(8 * PoisonEvery);
        _isPoisoned = false;
        await _table.GrowAsync(PoisonEvery);

        var read = await letters.ReadAsync().WaitAsync(TestHost.Patience);
        foreach (var job in _jobs)
            Assert.Equal(read, await job.DeadLetters.ReadAsync().WaitAsync(TestHost.Patience));
        Assert.InRange(read.Count, 4, int.MaxValue);
        Assert.Equal(read.Count, read.Select(letter => letter.Id).Distinct().Count());
        Assert.All(read, letter => Assert.Matches(@"^RateRow \{.*Value = (0|\d+000) \}$", (string)letter.Record!));
        Assert.All(read, letter => Assert.Contains("FormatException: poison", letter.Error, StringComparison.Ordinal));

        await _jobs[1].DeadLetters.DiscardAsync([read[0]]).WaitAsync(TestHost.Patience);
        Assert.Equal(read.Skip(1), await _jobs[2].DeadLetters.ReadAsync().WaitAsync(TestHost.Patience));
        await letters.ReplayAsync([read[1]]).WaitAsync(TestHost.Patience);
        await letters.ReplayAllAsync().WaitAsync(TestHost.Patience);

        Assert.Empty(await letters.ReadAsync().WaitAsync(TestHost.Patience));
        await client.StopJobAsync("index", graceful: true).WaitAsync(TestHost.Patience);
        Assert.DoesNotContain(_table.Rows, row => ((string)read[0].Record!).EndsWith($"Value = {row.Value} }}", StringComparison.Ordinal));
        CheckRows(missing: 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_asked_while_the_coordinator_goes_is_answered_by_the_next_one(bool isClient)
    {
        _isPoisoned = true;
        await StartAsync(nodes: 3);
        await _table.GrowAsync(3 * PoisonEvery);
        _isPoisoned = false;
        var coordinator = (await ListedAsync(_hosts[0].Cluster!, job => job.Coordinator is not null)).Coordinator;
        var gone = _hosts.FindIndex(host => host.NodeAddress == coordinator);
        var (left, path) = ((gone + 1) % 3, Path.Combine(_folder.FullName, "savepoint"));
        await using var client = await ConnectToAsync(string.Join(',', _hosts.Select(host => host.NodeAddress)), "");
        var letters = isClient ? client.DeadLettersOf("index") : _jobs[left].DeadLetters;

        var leaving = _hosts[gone].DisposeAsync().AsTask();
        var saved = isClient ? client.TakeSavepointAsync("index", path) : _jobs[left].TakeSavepointAsync(path);
        var replayed = letters.ReplayAllAsync();
        await Task.WhenAll(leaving, saved, replayed).WaitAsync(2 * TestHost.Patience);

        Assert.Equal((await saved).Number, SavepointFile.Read(path).Snapshot.Epoch);
        Assert.Empty(await letters.ReadAsync().WaitAsync(TestHost.Patience));
        var job = await ListedAsync(client, known => known.Coordinator is not null && known.Coordinator != coordinator);
        Assert.DoesNotContain(coordinator, job.Nodes);
        await client.StopJobAsync("index", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
    }

    [Fact]
    public async Task State_is_read_from_any_node_and_from_a_client_alike()
    {
        await StartAsync(nodes: 3);
        await StartNodeAsync(4, _hosts[0].NodeAddress!, null);
        await using var client = await ConnectAsync();
        await _table.GrowAsync(5000);

        foreach (var listed in new[] { await client.ListStateAsync("index"), await _jobs[1].ListStateAsync() })
        {
            var info = Assert.Single(listed);
            Assert.Equal(("index(rate)", "counts", "Int32", "Int64", Keys), (info.Operator.Name, info.Name, info.KeyType, info.ValueType, info.Count));
            Assert.Equal([0, 1, 2, 3, 4, 5], info.Partitions.Select(partition => partition.Partition.Number));
        }

        // At the end of an epoch a key has one count, whoever asks.
        var counts = new Dictionary<(long Epoch, int Key), long>();
        var again = 0;
        for (var round = 0; round < 20; round++)
        {
            for (var node = 0; node < _jobs.Count; node++)
            {
                var committed = _jobs[node].Committed;
                var found = await _jobs[node].StateOf<int, long>("index(rate)").GetAsync(round).WaitAsync(TestHost.Patience);
                Assert.True(found.Epoch >= committed, $"{found.Epoch} after {committed}");
                Note(round, found.Epoch, found.Value.Value);
            }

            foreach (var asker in new[] { client, _hosts[3].Cluster! })
            {
                var found = await asker.StateOf("index", "index(rate)").GetAsync($"{round}").WaitAsync(TestHost.Patience);
                Note(round, found.Epoch, long.Parse(found.Value.Value, CultureInfo.InvariantCulture));
            }
        }

        Assert.InRange(again, 1, int.MaxValue);
        Assert.False((await _jobs[0].StateOf<int, long>("index(rate)", "counts").GetAsync(Keys)).Value.HasValue);
        Assert.False((await client.StateOf("index", "index(rate)", "counts").GetAsync($"{Keys}")).Value.HasValue);
        Assert.Equal(Enumerable.Range(0, Keys), (await AllAsync(_jobs[2].StateOf<int, long>("index(rate)"), 10)).Order());
        Assert.Equal(Enumerable.Range(0, Keys), (await AllAsync(client.StateOf("index", "index(rate)"), 10)).Select(key => int.Parse(key, CultureInfo.InvariantCulture)).Order());
        await client.StopJobAsync("index", graceful: true).WaitAsync(TestHost.Patience);
        foreach (var ((_, key), count) in counts)
            Assert.InRange(count, 1, _table.Rows.Where(row => row.Key == key).Max(row => row.Index));

        void Note(int key, Epoch epoch, long count)
        {
            if (counts.TryAdd((epoch.Number, key), count))
                return;
            again++;
            Assert.Equal(counts[(epoch.Number, key)], count);
        }
    }

    [Fact]
    public async Task State_is_read_while_nodes_go_and_never_goes_back()
    {
        await StartAsync(nodes: 3);
        await using var client = await ConnectToAsync(string.Join(',', _hosts.Select(host => host.NodeAddress)), "");
        await _table.GrowAsync(5000);
        var coordinator = (await ListedAsync(client, job => job.Coordinator is not null)).Coordinator;
        var gone = _hosts.FindIndex(host => host.NodeAddress == coordinator);
        var (typed, text) = (_jobs[(gone + 1) % 3].StateOf<int, long>("index(rate)"), client.StateOf("index", "index(rate)"));
        var (epoch, count, reads) = (0L, 0L, 0);

        var leaving = _hosts[gone].DisposeAsync().AsTask();
        while (!leaving.IsCompleted || reads < 20)
        {
            var found = await typed.GetAsync(1).WaitAsync(TestHost.Patience);
            Check(found.Epoch, found.Value.Value);
            var asText = await text.GetAsync("1").WaitAsync(TestHost.Patience);
            Check(asText.Epoch, long.Parse(asText.Value.Value, CultureInfo.InvariantCulture));
            reads++;
        }

        await leaving.WaitAsync(TestHost.Patience);
        await client.StopJobAsync("index", graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();
        Assert.InRange(count, 1, _table.Rows.Where(row => row.Key == 1).Max(row => row.Index));

        void Check(Epoch at, long found)
        {
            Assert.True(at.Number >= epoch && found >= count && (at.Number > epoch || found == count || count == 0), $"{found} at {at} after {count} at {epoch}");
            (epoch, count) = (at.Number, found);
        }
    }

    [Fact]
    public async Task State_that_can_not_be_read_is_refused_in_one_line_wherever_it_is_asked()
    {
        await StartAsync(nodes: 2);
        await using var client = await ConnectAsync();

        await RefusedAsync(client.StateOf("index", "indx").GetAsync("1"), "Operator indx: one of the job (index(rate), pair(rate)) expected, none of that name found; correct it.");
        await RefusedAsync(_jobs[0].StateOf<int, long>("indx").GetAsync(1), "Operator indx: one of the job (index(rate), pair(rate)) expected, none of that name found; correct it.");
        await RefusedAsync(client.StateOf("index", "pair(rate)").ReadAsync(), "Operator pair(rate): one with state that can be read expected, none found in it; IJob.ListStateAsync names those that have.");
        foreach (var _ in new[] { "asked of all tasks", "of the owner" })
            await RefusedAsync(client.StateOf("index", "index(rate)").GetAsync("one"), "Operator index(rate), table counts: a key of type Int32 expected, 'one' found.");
        await RefusedAsync(_jobs[1].StateOf<string, long>("index(rate)").GetAsync("1"), "Operator index(rate), table counts: keys of type Int32 with values of type Int64 expected, String with Int64 found; ask for the types that it has.");
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => client.StateOf("count", "index(rate)").GetAsync("1").WaitAsync(TestHost.Patience));
        Assert.StartsWith("Job count: one that runs in the cluster expected, none of that name found (running: index)", missing.Message, StringComparison.Ordinal);

        static async Task RefusedAsync(Task read, string line) => Assert.Equal(line, (await Assert.ThrowsAsync<ConfigurationException>(() => read.WaitAsync(TestHost.Patience))).Message);
    }

    private static async Task<List<TKey>> AllAsync<TKey, TValue>(IStateTable<TKey, TValue> table, int count)
    {
        var all = new List<TKey>();
        string? from = null;
        do
        {
            var page = await table.ReadAsync(from, count).WaitAsync(TestHost.Patience);
            Assert.InRange(page.Entries.Count, from is null ? 0 : 1, count + 1);
            all.AddRange(page.Entries.Select(entry => entry.Key));
            from = page.Next;
        }
        while (from is not null);
        return all;
    }

    /// <summary>The one job, once it looks like this: what other nodes say is a little older.</summary>
    private static async Task<ClusterJob> ListedAsync(ClusterClient client, Func<ClusterJob, bool> isSo)
    {
        using var patience = new CancellationTokenSource(TestHost.Patience);
        while (true)
        {
            if (await client.ListJobsAsync(patience.Token) is [var job] && isSo(job))
                return job;
        }
    }

    private static async Task<ClusterClient> ConnectToAsync(string seeds, string tls) =>
        await ClusterClient.ConnectAsync(options => options.WithHocon($"millrace.cluster {{ seeds = \"{seeds}\"\n{tls} }}")).WaitAsync(TestHost.Patience);

    private Task<ClusterClient> ConnectAsync(TestAuthority? authority = null) =>
        ConnectToAsync(_hosts[^1].NodeAddress!, authority is null ? "" : TestAuthority.Hocon(authority.Node("client")));

    /// <summary>Nothing lost but what was discarded, nothing doubled, and the state of each key never saw anything else.</summary>
    private void CheckRows(int missing = 0)
    {
        var rows = _table.Rows;
        var values = rows.Select(row => row.Value).Order().ToArray();
        Assert.Equal(values.Distinct(), values);
        Assert.Equal(missing, values[^1] + 1 - values.Length);
        foreach (var key in rows.GroupBy(row => row.Key))
            Assert.Equal(Enumerable.Range(1, key.Count()).Select(index => (long)index), key.Select(row => row.Index).Order());
    }

    private async Task StartAsync(int nodes, TestAuthority? authority = null)
    {
        for (var node = 0; node < nodes; node++)
            await StartNodeAsync(nodes, node == 0 ? "" : _hosts[0].NodeAddress!, authority);
        _jobs.AddRange(await Task.WhenAll(_hosts.Select(host => host.StartAsync(Graph(), Options))).WaitAsync(2 * TestHost.Patience));
    }

    private async Task StartNodeAsync(int nodes, string seed, TestAuthority? authority)
    {
        var tls = authority is null ? "" : TestAuthority.Hocon(authority.Node($"node-{_hosts.Count}"));
        _hosts.Add(await MillraceHost.StartAsync(options =>
        {
            options.StopsOnSignal = false;
            options.WithHocon(string.Create(
                CultureInfo.InvariantCulture, $"millrace.cluster {{ enabled = on, port = 0, nodes = {nodes}, seeds = \"{seed}\"\n{tls} }}"));
        }));
    }

    private JobOptions Options => new()
    {
        Name = "index",
        CheckpointDirectory = _folder.FullName,
        EpochInterval = TimeSpan.FromMilliseconds(50),
        Parallelism = 6,
    };

    private StreamGraph Graph()
    {
        var graph = new StreamGraph();
        var pairs = graph.AddOperator<RateRow, (int Key, long Value)>(
            "pair", graph.AddSource("rate", new RateSource(20_000)), () => new MapOperator<RateRow, (int Key, long Value)>(Pair), new NodeOptions { OnError = ErrorPolicy.DeadLetter });
        var indexed = graph.AddOperator<(int Key, long Value), (int Key, long Value, long Index)>(
            "index", pairs, () => new IndexOperator(_ => { }), exchange: Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>()));
        graph.AddSink("table", indexed, _table);
        return graph;

        (int Key, long Value) Pair(RateRow row)
        {
            if (_isPoisoned && row.Value % PoisonEvery == 0)
                throw new FormatException("poison");
            return ((int)(row.Value % Keys), row.Value);
        }
    }
}
