using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Client;
using Millrace.Connectors.Memory;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Operators.Stateless;
using Millrace.Operators.Windows;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

public sealed class RescaleTests : IDisposable
{
    private const int Keys = 37;

    private static readonly Exchange<(int Key, long Value)> ByKey = Exchange<(int Key, long Value)>.Hash(new KeyPartitioner<int, long>());

    private readonly MemoryJournal _journal = new(isDurable: true);
    private readonly ConcurrentQueue<(int Key, long Value)[]> _queue = new();
    private readonly LedgerSink<(int Key, long Value, long Index)> _sink = new();
    private readonly LogEvents _events = new();
    private int _fed;

    public void Dispose() => _events.Dispose();

    [Fact]
    public async Task State_goes_on_with_other_numbers_of_partitions_and_each_key_keeps_its_order()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host, Indexed());
        await FeedAsync(500);

        foreach (var parallelism in new[] { 5, 1, 8, 3 })
        {
            var epoch = await job.RescaleAsync(parallelism).WaitAsync(TestHost.Patience);
            Assert.InRange(epoch.Number, 1, job.Committed.Number);
            await FeedAsync(500);
        }

        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        Assert.Equal((JobState.Stopped, 0), (job.State, job.Counters.Attempts));
        CheckRows();
    }

    [Fact]
    public async Task It_is_told_and_one_operator_may_be_given_a_number_of_its_own()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host, Indexed());

        await job.RescaleAsync("index", 7).WaitAsync(TestHost.Patience);
        Assert.Matches("^Job index is rescaled behind epoch [0-9]+: queue × 1, index × 7$", Assert.Single(Told()));
        await job.RescaleAsync(3).WaitAsync(TestHost.Patience);
        await FeedAsync(500);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);

        CheckRows();
        Assert.Equal([7], Told().Select(IndexTasks));
    }

    [Fact]
    public async Task What_it_has_been_given_holds_when_the_program_is_started_again()
    {
        await using (var host = await StartHostAsync())
        {
            var job = await StartAsync(host, Indexed());
            await FeedAsync(300);
            await job.RescaleAsync(6).WaitAsync(TestHost.Patience);
            await job.RescaleAsync("index", 4).WaitAsync(TestHost.Patience);
            await FeedAsync(300);
            await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        }

        Assert.Equal([6, 4], Told().Select(IndexTasks));
        for (var life = 0; life < 2; life++)
        {
            await using var host = await StartHostAsync();
            var job = await StartAsync(host, Indexed());
            Assert.Equal([6, 4, 4, 4], [.. Told().Select(IndexTasks), .. Enumerable.Repeat(4, 1 - life)]);
            await FeedAsync(300);
            await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        }

        CheckRows();
    }

    [Fact]
    public async Task A_number_that_it_has_already_changes_nothing()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host, Indexed());
        await FeedAsync(100);

        await job.RescaleAsync(2).WaitAsync(TestHost.Patience);
        await job.RescaleAsync("index", 2).WaitAsync(TestHost.Patience);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);

        Assert.Empty(Told());
        CheckRows();
    }

    [Fact]
    public async Task What_can_not_be_is_refused_in_one_line_and_the_job_goes_on()
    {
        await using var host = await StartHostAsync();
        var job = await StartAsync(host, Indexed());

        await RefusedAsync(() => job.RescaleAsync(0), "Job index: Operator index has parallelism 0, 1 to ");
        await RefusedAsync(() => job.RescaleAsync("index", 129), "Job index: Operator index has Parallelism 129, at most the 128 key groups of the job expected");
        await RefusedAsync(() => job.RescaleAsync("indx", 3), "Job index: Operator indx: one of the job's expected to be rescaled, none of that name found; it has index, ");
        await RefusedAsync(() => job.RescaleAsync("queue", 3), "Job index: Operator queue: one behind an exchange expected to be rescaled, found one in the partitions of source queue, which are its splits; ");
        Assert.Empty(Told());
        await FeedAsync(100);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        CheckRows();

        await Assert.ThrowsAsync<InvalidOperationException>(() => job.RescaleAsync(3));
        var graph = new StreamGraph();
        graph.AddSink("ledger", Index(graph, graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue))), new LedgerSink<(int Key, long Value, long Index)>());
        var other = await host.StartAsync(graph, TestHost.Often with { Name = "other" });
        await RefusedAsync(() => other.RescaleAsync(3), "Job other: a checkpoint directory expected for a rescale, none found; set JobOptions.CheckpointDirectory.");
        await other.StopAsync(graceful: false);
    }

    [Fact]
    public async Task State_that_belongs_to_a_partition_is_refused_and_the_job_goes_on_with_it()
    {
        await using var host = await StartHostAsync();
        var sink = new LedgerSink<(int Key, long Value)>();
        var graph = new StreamGraph();
        graph.AddSink("ledger", graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
            "window", graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue, oneAtATime: false), new NodeOptions { Parallelism = 1 }), () => new WindowOperator<(int Key, long Value)>(1000, 1), new NodeOptions { Name = "window", IsStateful = true }, ByKey), sink);
        var job = await StartAsync(host, graph);
        await FeedAsync(100);
        await sink.HasAsync(row => row.Value == 99);

        await RefusedAsync(() => job.RescaleAsync("window", 3), "Job index can't be rescaled: operator window: table batches belongs to 2 partitions and can't be divided among 3");
        await FeedAsync(100);
        await sink.HasAsync(row => row.Value == 199);
        var last = sink.Rows.Max(row => row.Epoch);
        await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);

        // The window goes on with all that it held.
        Assert.Equal(200, sink.Rows.Where(row => row.Epoch == last).Select(row => row.Row.Value).Distinct().Count());
    }

    [Fact]
    public async Task What_is_asked_meanwhile_is_done_with_the_new_tasks()
    {
        var folder = Directory.CreateTempSubdirectory("millrace-");
        try
        {
            await using var host = await StartHostAsync();
            var job = await StartAsync(host, Indexed(row => row.Value % 10 == 7 ? throw new InvalidOperationException("seven") : row));
            await FeedAsync(500);
            await _sink.HasAsync(row => row.Value == 499);
            Assert.Equal(50, (await job.DeadLetters.ReadAsync()).Count);

            var rescaled = job.RescaleAsync(5);
            var read = job.DeadLetters.ReadAsync();
            var saved = job.TakeSavepointAsync(Path.Combine(folder.FullName, "savepoint"));
            var discarded = job.DeadLetters.DiscardAllAsync();
            await Task.WhenAll(rescaled, read, saved, discarded).WaitAsync(TestHost.Patience);

            Assert.Empty(await job.DeadLetters.ReadAsync());
            await FeedAsync(500);
            await _sink.HasAsync(row => row.Value == 999);
            Assert.Equal(50, (await job.DeadLetters.ReadAsync()).Count);
            await job.RescaleAsync(3).WaitAsync(TestHost.Patience);
            Assert.Equal(50, (await job.DeadLetters.ReadAsync()).Count);
            await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
            Assert.Equal(900, _sink.Rows.Select(row => row.Row.Value).Distinct().Count());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_that_comes_meanwhile_ends_it(bool graceful)
    {
        for (var life = 0; life < 10; life++)
        {
            await using var host = await StartHostAsync();
            var job = await StartAsync(host, Indexed());
            await FeedAsync(100);
            var rescaled = job.RescaleAsync(2 + (life % 5));
            if (life % 2 == 1)
                await _events.FirstAsync(1017).WaitAsync(TestHost.Patience);
            await job.StopAsync(graceful).WaitAsync(TestHost.Patience);
            if (job.State == JobState.Failed)
                await job.Completion;
            await Task.WhenAny(rescaled).WaitAsync(TestHost.Patience);
            Assert.True(rescaled.IsCompletedSuccessfully || rescaled.Exception?.InnerException is InvalidOperationException, $"{rescaled.Exception}");
            Assert.Equal(JobState.Stopped, job.State);
        }

        // What the queue gave and nothing had committed goes with an immediate stop.
        if (graceful)
            CheckRows();
        Assert.Distinct(_sink.Rows.Select(row => row.Row.Value));
    }

    [Fact]
    public async Task A_stop_that_comes_when_the_rescale_is_decided_ends_it_with_the_new_tasks()
    {
        var journal = new HeldJournal(_journal);
        await using var host = await StartHostAsync(journal);
        var job = await StartAsync(host, Indexed());
        await FeedAsync(100);
        await _sink.HasAsync(row => row.Value == 99);

        var rescaled = job.RescaleAsync(3);
        await journal.Held.WaitAsync(TestHost.Patience);
        var stopped = job.StopAsync(graceful: true);
        journal.Release();

        await stopped.WaitAsync(TestHost.Patience);
        await Task.WhenAny(rescaled).WaitAsync(TestHost.Patience);
        await job.Completion;
        Assert.Equal(JobState.Stopped, job.State);
        CheckRows();
    }

    [Fact]
    public async Task Any_number_of_times_with_starts_between_loses_and_doubles_nothing()
    {
        var seed = Environment.GetEnvironmentVariable("MILLRACE_SEED") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : 1;
        var random = new Random(seed);
        for (var life = 0; life < 6; life++)
        {
            await using var host = await StartHostAsync();
            var job = await StartAsync(host, Indexed());
            for (var step = random.Next(1, 5); step > 0; step--)
            {
                await FeedAsync(random.Next(1, 300));
                await (random.Next(2) == 0 ? job.RescaleAsync(random.Next(1, 9)) : job.RescaleAsync("index", random.Next(1, 9))).WaitAsync(TestHost.Patience);
            }

            await job.StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        }

        await using var last = await StartHostAsync();
        await (await StartAsync(last, Indexed())).StopAsync(graceful: true).WaitAsync(TestHost.Patience);
        CheckRows($"MILLRACE_SEED={seed}");
    }

    private static async Task RefusedAsync(Func<Task> ask, string line)
    {
        var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => ask().WaitAsync(TestHost.Patience));
        Assert.StartsWith(line, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    private static int IndexTasks(string told) => int.Parse(told[(told.LastIndexOf("index × ", StringComparison.Ordinal) + 8)..].Split(',')[0], CultureInfo.InvariantCulture);

    private static OutputPort<(int Key, long Value, long Index)> Index(StreamGraph graph, OutputPort<(int Key, long Value)> from) =>
        graph.AddOperator<(int Key, long Value), (int Key, long Value, long Index)>("index", from, () => new IndexOperator(_ => { }), new NodeOptions { Name = "index", IsStateful = true }, ByKey);

    private IEnumerable<string> Told() => _events.All(1017);

    private StreamGraph Indexed(Func<(int Key, long Value), (int Key, long Value)>? map = null)
    {
        var graph = new StreamGraph();
        var rows = graph.AddSource("queue", new QueueSource<(int Key, long Value)>(_queue, oneAtATime: false), new NodeOptions { Parallelism = 1 });
        if (map is not null)
        {
            rows = graph.AddOperator<(int Key, long Value), (int Key, long Value)>(
                "map", rows, () => new MapOperator<(int Key, long Value), (int Key, long Value)>(map), new NodeOptions { Name = "map", OnError = ErrorPolicy.DeadLetter }, ByKey);
        }

        graph.AddSink("ledger", Index(graph, rows), _sink);
        return graph;
    }

    private Task<MillraceHost> StartHostAsync(IJournal? journal = null) => TestHost.StartAsync(configure: options =>
    {
        options.Journals = _ => journal ?? _journal;
        options.LoggerFactory = _events;
    });

    private static async Task<IJob> StartAsync(MillraceHost host, StreamGraph graph) =>
        await host.StartAsync(graph, TestHost.Often with { Name = "index", CheckpointDirectory = "index" }).WaitAsync(TestHost.Patience);

    private Task FeedAsync(int rows)
    {
        _queue.Enqueue([.. Enumerable.Range(_fed, rows).Select(row => (row % Keys, (long)row))]);
        _fed += rows;
        return Task.CompletedTask;
    }

    /// <summary>Nothing lost, nothing doubled, and the state of each key never saw anything else.</summary>
    private void CheckRows(string? seed = null)
    {
        var rows = _sink.Rows.ConvertAll(row => row.Row);
        var (fed, found) = (Enumerable.Range(0, _fed).Select(value => (long)value).ToHashSet(), rows.ConvertAll(row => row.Value));
        Assert.True(found.Count == _fed && fed.SetEquals(found), $"{_fed} rows expected, {found.Count} found; missing {string.Join(' ', fed.Except(found).Take(10))} … {fed.Except(found).Count()}, twice {found.Count - found.Distinct().Count()}; {seed}");
        foreach (var key in rows.GroupBy(row => row.Key))
            Assert.True(Enumerable.Range(1, key.Count()).Select(index => (long)index).SequenceEqual(key.Select(row => row.Index)), $"key {key.Key} {seed}");
    }

    /// <summary>Keeps the row that closes a rescaled job back.</summary>
    private sealed class HeldJournal(IJournal journal) : IJournal
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsDurable => journal.IsDurable;

        public string Name => journal.Name;

        public Task Held => _held.Task;

        public void Release() => _released.SetResult();

        public void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer)
        {
            if (request.Rows is [.., JournalRows.Closed { Next: not null }])
                _ = HoldAsync();
            else
                journal.Append(request, answer);

            async Task HoldAsync()
            {
                _held.SetResult();
                await _released.Task;
                journal.Append(request, answer);
            }
        }

        public void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail) => journal.Read(request, answer, fail);

        public void Trim(JournalMessages.Trim request) => journal.Trim(request);
    }
}
