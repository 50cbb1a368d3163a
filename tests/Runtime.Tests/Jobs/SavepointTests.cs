using System.Collections.Concurrent;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators.Keyed;
using Millrace.Operators.Stateless;
using Millrace.Operators.Windows;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class SavepointTests : IDisposable
{
    private static readonly Exchange<(int Key, long Value)> ByKey = Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>());

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly ConcurrentDictionary<string, MemoryJournal> _journals = new();
    private readonly ConcurrentQueue<(int Key, long Value)[]> _queue = new();
    private readonly Dictionary<int, long> _totals = [];
    private LedgerSink<(int Key, long Value)> _sink = new();
    private int _fed;

    private string Savepoint => Path.Combine(_folder.FullName, "savepoint");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(2, 4)]
    [InlineData(4, 1)]
    [InlineData(3, 3)]
    public async Task State_goes_on_with_another_parallelism_and_the_same_sink(int before, int after)
    {
        await using (var host = await StartHostAsync())
        {
            var job = await StartAsync(host, Sums(before), "first");
            await FeedAsync(100);
            await FeedAsync(100);
            var epoch = await job.StopWithSavepointAsync(Savepoint);
            Assert.Equal((job.Committed, JobState.Stopped), (epoch, job.State));
        }

        await using var second = await StartHostAsync();
        var resumed = await StartAsync(second, Sums(after), "second", Savepoint);
        await FeedAsync(100);
        await resumed.StopAsync(graceful: true);

        Assert.Equal(_totals.OrderBy(total => total.Key), LastTotals());
    }

    [Fact]
    public async Task A_savepoint_is_of_one_epoch_and_the_job_goes_on_meanwhile()
    {
        await using (var host = await StartHostAsync())
        {
            var job = await StartAsync(host, Sums(2), "first");
            await FeedAsync(100);
            foreach (var (key, total) in _totals)
                await _sink.HasAsync(row => row == (key, total));
            var epoch = await job.TakeSavepointAsync(Savepoint);
            _queue.Enqueue([(0, 1_000_000)]);
            await job.StopAsync(graceful: true);
            Assert.InRange(epoch.Number, 1, job.Committed.Number - 1);
        }

        // Another sink: this one has more than the savepoint.
        _sink = new();
        await using var second = await StartHostAsync();
        var resumed = await StartAsync(second, Sums(3), "second", Savepoint);
        await FeedAsync(10);
        await resumed.StopAsync(graceful: true);

        // Of the keys that have come since: what they had at the savepoint, and no million.
        Assert.Equal(_totals.Where(total => LastTotals().Any(last => last.Key == total.Key)).OrderBy(total => total.Key), LastTotals());
        Assert.Equal(10, LastTotals().Count());
    }

    [Fact]
    public async Task A_sink_that_has_more_than_the_savepoint_is_refused()
    {
        await using (var host = await StartHostAsync())
        {
            var job = await StartAsync(host, Sums(2), "first");
            await FeedAsync(10);
            await job.TakeSavepointAsync(Savepoint);
            await FeedAsync(10);
            await job.StopAsync(graceful: true);
        }

        await using var second = await StartHostAsync();

        var failure = await Assert.ThrowsAsync<JobFailedException>(async () =>
            await (await StartAsync(second, Sums(2), "second", Savepoint)).Completion.WaitAsync(TestHost.Patience));
        Assert.Contains("what is there was written with another journal", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_begun_from_a_savepoint_goes_on_from_its_own_checkpoint_when_it_is_started_again()
    {
        await SaveAsync(Sums(2));
        for (var life = 0; life < 3; life++)
        {
            await using var host = await StartHostAsync();
            var job = await StartAsync(host, Sums(4), "second", Savepoint);
            await FeedAsync(20);
            await job.StopAsync(graceful: true);
        }

        Assert.Equal(_totals.OrderBy(total => total.Key), LastTotals());
    }

    [Fact]
    public async Task Stateless_operators_may_come_and_go()
    {
        await SaveAsync(Sums(2));
        await using var host = await StartHostAsync();
        var graph = new StreamGraph();
        var source = graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue, oneAtATime: false));
        var mapped = graph.AddOperator<(int Key, long Value), (int Key, long Value)>("map", source, () => new MapOperator<(int Key, long Value), (int Key, long Value)>(row => row), null, Exchange<(int Key, long Value)>.Rebalance);
        AddSums(graph, mapped, 3, out var sums);
        var after = graph.AddOperator<(int Key, long Value), (int Key, long Value)>("filter", sums, () => new FilterOperator<(int Key, long Value)>(_ => true));
        graph.AddSink("ledger", after, _sink);

        var job = await StartAsync(host, graph, "second", Savepoint);
        await FeedAsync(20);
        await job.StopAsync(graceful: true);

        Assert.Equal(_totals.OrderBy(total => total.Key), LastTotals());
    }

    [Fact]
    public async Task What_would_be_lost_is_told_before_the_start_and_refused_unless_allowed()
    {
        await SaveAsync(Sums(2));
        await using var host = await StartHostAsync();
        var graph = TestHost.Graph(
            new QueueSource<(int Key, long Value)>(_queue, oneAtATime: false), _sink, "update", () => new UpdateStateByKeyOperator<int, long, long>((values, _) => values.Sum()), ByKey, new NodeOptions { IsStateful = true });
        var options = OptionsOf("second", Savepoint);

        var report = host.CompareWithSavepoint(graph, options);

        Assert.Equal(("first", false), (report.Job, report.IsComplete));
        Assert.Equal(["source queue"], report.Restored);
        Assert.Equal(["operator update(queue), with no state"], report.New);
        Assert.Equal(["operator sums (table totals)"], report.Lost);
        Assert.Empty(report.Refused);
        Assert.StartsWith($"savepoint {Savepoint} of job first, epoch ", report.ToString(), StringComparison.Ordinal);
        var failure = await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(graph, options));
        Assert.Equal(
            $"Savepoint {Savepoint} of job first holds what the program has no place for: operator sums (table totals). Give it back its operators under their names, or accept the loss by JobOptions.AllowsLostState.",
            failure.Message);

        var job = await host.StartAsync(graph, options with { AllowsLostState = true });
        await job.StopAsync(graceful: true);
        Assert.Equal(JobState.Stopped, job.State);
    }

    [Fact]
    public async Task What_can_not_be_taken_over_is_refused_whatever_is_allowed()
    {
        await SaveAsync(Sums(2));
        await using var host = await StartHostAsync();

        await RefusedAsync("128 key groups written, 64 in the job", Sums(2), options => options with { KeyGroups = 64 });
        await RefusedAsync("source queue: splits 1 written, 3 in the job", Sums(2), options => options with { Parallelism = 3 });
        await RefusedAsync("can't be begun from: operator sums: table totals: String: int written, text expected.", Renamed());

        async Task RefusedAsync(string what, StreamGraph graph, Func<JobOptions, JobOptions>? change = null)
        {
            var options = OptionsOf("second", Savepoint) with { AllowsLostState = true };
            var failure = await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(graph, change?.Invoke(options) ?? options));
            Assert.Contains(what, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', failure.Message);
        }

        StreamGraph Renamed()
        {
            var graph = new StreamGraph();
            var words = graph.AddOperator<(int Key, long Value), (string Key, long Value)>(
                "map", graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue, oneAtATime: false)), () => new MapOperator<(int Key, long Value), (string Key, long Value)>(row => ($"{row.Key}", row.Value)));
            var sums = graph.AddOperator<(string Key, long Value), (string Key, long Value)>(
                "sums", words, () => new RunningReduceByKeyOperator<string, long>((left, right) => left + right), new NodeOptions { Name = "sums", IsStateful = true }, Exchange<(string Key, long Value)>.Hash(new KeyPartitioner<string, long>()));
            graph.AddSink("ledger", sums, new LedgerSink<(string Key, long Value)>());
            return graph;
        }
    }

    [Fact]
    public async Task State_that_belongs_to_a_partition_keeps_its_number_of_partitions()
    {
        await SaveAsync(Windowed(2));
        await using var host = await StartHostAsync();

        var failure = await Assert.ThrowsAsync<GraphException>(() => host.StartAsync(Windowed(3), OptionsOf("second", Savepoint)));
        Assert.Contains("operator window: table batches belongs to 2 partitions and can't be divided among 3; give it 2 partitions: where the program makes it, or by JobOptions.Parallelism", failure.Message, StringComparison.Ordinal);
        var job = await host.StartAsync(Windowed(2), OptionsOf("second", Savepoint));
        await job.StopAsync(graceful: true);

        StreamGraph Windowed(int parallelism) => TestHost.Graph(
            new QueueSource<(int Key, long Value)>(_queue, oneAtATime: false), _sink, "window", () => new WindowOperator<(int Key, long Value)>(1000, 1), ByKey, new NodeOptions { Name = "window", Parallelism = parallelism, IsStateful = true });
    }

    [Fact]
    public async Task A_savepoint_that_is_damaged_cut_or_none_is_refused()
    {
        await SaveAsync(Sums(2));
        var bytes = await File.ReadAllBytesAsync(Savepoint);
        await using var host = await StartHostAsync();

        await RefusedAsync("checksum", Flipped(bytes, bytes.Length / 2));
        await RefusedAsync("bytes expected", bytes[..(bytes.Length - 1)]);
        await RefusedAsync("images of", bytes[..(4 + BitConverter.ToInt32(bytes))]);
        await RefusedAsync("another kind of file found", []);
        await RefusedAsync("another kind of file found", "hello world"u8.ToArray());
        await RefusedAsync("another kind of file found; take it from a copy, or begin from another.", "abc"u8.ToArray());
        await RefusedAsync("format version 1 expected, version 2 found; start it with the newer Millrace that wrote it.", [.. bytes[..6], 2, .. bytes[7..]]);
        File.Delete(Savepoint);
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(Sums(2), OptionsOf("second", Savepoint)));
        Assert.Equal($"Savepoint {Savepoint}: the file of a savepoint expected, none found; correct the path.", failure.Message);
        Directory.CreateDirectory(Savepoint);
        failure = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(Sums(2), OptionsOf("second", Savepoint)));
        Assert.Equal($"Savepoint {Savepoint}: the file of a savepoint expected, a directory found; name the file in it.", failure.Message);

        async Task RefusedAsync(string what, byte[] content)
        {
            await File.WriteAllBytesAsync(Savepoint, content);
            var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => host.StartAsync(Sums(2), OptionsOf("second", Savepoint)));
            Assert.StartsWith($"Savepoint {Savepoint}: a whole savepoint expected, ", refusal.Message, StringComparison.Ordinal);
            Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_savepoint_is_not_overwritten_and_needs_a_job_that_runs_with_checkpoints()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host, Sums(2), "first");
        await job.TakeSavepointAsync(Savepoint);
        var twice = await Assert.ThrowsAsync<ConfigurationException>(() => job.TakeSavepointAsync(Savepoint));
        Assert.Equal($"Savepoint {Savepoint}: a new file expected, one found; remove it, or choose another name.", twice.Message);
        var directory = Path.GetDirectoryName(Savepoint)!;
        foreach (var name in new[] { directory, Path.Combine(directory, "new") + Path.DirectorySeparatorChar })
        {
            var refused = await Assert.ThrowsAsync<ConfigurationException>(() => job.TakeSavepointAsync(name));
            Assert.Equal($"Savepoint {name}: the name of a new file expected, that of a directory found; name a file in it, as {Path.Combine(name, "savepoint")}.", refused.Message);
        }

        var unwritable = await Assert.ThrowsAsync<ConfigurationException>(() => job.TakeSavepointAsync(Path.Combine(Savepoint, "below-a-file")));
        Assert.Contains("a file that can be written expected", unwritable.Message, StringComparison.Ordinal);
        await job.StopAsync(graceful: true);
        await Assert.ThrowsAsync<InvalidOperationException>(() => job.TakeSavepointAsync(Savepoint + "2"));

        _sink = new();
        var volatileJob = await host.StartAsync(Sums(2), TestHost.Often);
        var withoutCheckpoints = await Assert.ThrowsAsync<ConfigurationException>(() => volatileJob.TakeSavepointAsync(Savepoint + "2"));
        Assert.Contains("a checkpoint directory expected for a savepoint, none found", withoutCheckpoints.Message, StringComparison.Ordinal);
        await volatileJob.StopAsync(graceful: false);
    }

    [Fact]
    public async Task Any_number_of_savepoints_and_parallelisms_loses_and_doubles_nothing()
    {
        var seed = Environment.GetEnvironmentVariable("MILLRACE_SEED") is { } given ? int.Parse(given, System.Globalization.CultureInfo.InvariantCulture) : 1;
        var random = new Random(seed);
        for (var life = 0; life < 12; life++)
        {
            await using var host = await StartHostAsync();
            var job = await StartAsync(host, Sums(random.Next(1, 7)), $"life-{life}", life == 0 ? null : $"{Savepoint}-{life - 1}");
            for (var arrays = random.Next(0, 4); arrays > 0; arrays--)
                await FeedAsync(random.Next(1, 200));
            await job.StopWithSavepointAsync($"{Savepoint}-{life}").WaitAsync(TestHost.Patience);
            Assert.True(_totals.OrderBy(total => total.Key).SequenceEqual(LastTotals()), $"life {life}, MILLRACE_SEED={seed}");
        }
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var copy = bytes.ToArray();
        copy[at] ^= 0x10;
        return copy;
    }

    private static void AddSums(StreamGraph graph, OutputPort<(int Key, long Value)> from, int parallelism, out OutputPort<(int Key, long Value)> sums) =>
        sums = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "sums", from, () => new RunningReduceByKeyOperator<int, long>((left, right) => left + right), new NodeOptions { Name = "sums", Parallelism = parallelism, IsStateful = true }, ByKey);

    private StreamGraph Sums(int parallelism)
    {
        var graph = new StreamGraph();
        AddSums(graph, graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue, oneAtATime: false)), parallelism, out var sums);
        graph.AddSink("ledger", sums, _sink);
        return graph;
    }

    private Task<MillraceHost> StartHostAsync() => TestHost.StartAsync(configure: options => options.Journals = directory => _journals.GetOrAdd(directory, _ => new MemoryJournal(isDurable: true)));

    private static JobOptions OptionsOf(string name, string? savepoint) =>
        TestHost.Often with { Name = name, Parallelism = 1, CheckpointDirectory = name, Savepoint = savepoint };

    private static async Task<IJob> StartAsync(MillraceHost host, StreamGraph graph, string name, string? savepoint = null) =>
        await host.StartAsync(graph, OptionsOf(name, savepoint)).WaitAsync(TestHost.Patience);

    private async Task SaveAsync(StreamGraph graph)
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host, graph, "first");
        await FeedAsync(50);
        await job.StopWithSavepointAsync(Savepoint).WaitAsync(TestHost.Patience);
    }

    /// <summary>Gives the job so many rows; they are committed when the job has been stopped.</summary>
    private Task FeedAsync(int rows)
    {
        var array = Enumerable.Range(_fed, rows).Select(row => (Key: row % 37, Value: (long)row)).ToArray();
        _fed += rows;
        foreach (var (key, value) in array)
            _totals[key] = _totals.GetValueOrDefault(key) + value;
        _queue.Enqueue(array);
        return Task.CompletedTask;
    }

    private IEnumerable<KeyValuePair<int, long>> LastTotals() =>
        _sink.Rows.GroupBy(row => row.Row.Key, row => row.Row.Value).Select(total => KeyValuePair.Create(total.Key, total.Max())).OrderBy(total => total.Key);
}
