using System.Runtime.CompilerServices;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Serialization;
using Millrace.Time;

namespace Millrace.Testing;

/// <summary>What documents tell users to write compiles, and does what they say: each sample stands here too, between the name of its document and <c>end</c>.</summary>
public sealed class DocumentTests
{
    private const string Fence = "```";
    private const string End = "// end";

    private interface IShape;

    [Theory]
    [InlineData("README.md")]
    [InlineData("ARCHITECTURE.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/checkpoints.md")]
    [InlineData("docs/reliability.md")]
    [InlineData("docs/corpora.md")]
    [InlineData("docs/dead-letters.md")]
    [InlineData("docs/cluster.md")]
    [InlineData("docs/state.md")]
    public async Task Samples_are_those_of_this_file(string document)
    {
        var text = await File.ReadAllLinesAsync(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", document));

        var here = Between(await File.ReadAllLinesAsync(ThisFile()), $"// {document}", End);
        Assert.Equal(Between(text, $"{Fence}csharp", Fence).Order(StringComparer.Ordinal), here.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_client_of_a_cluster_is_built()
    {
        // Why not run: it wants a cluster; Runtime.Tests has one.
        Func<Task> client = AskAsync;
        Assert.NotNull(client);

        static async Task AskAsync()
        {
            // docs/cluster.md
            await using var client = await ClusterClient.ConnectAsync(options => options.WithHoconFile("node.conf"));

            foreach (var job in await client.ListJobsAsync())
                Console.WriteLine($"{job.Name} {job.State}, {job.Committed}, coordinated by {job.Coordinator}, on {string.Join(' ', job.Nodes)}");

            await client.DeadLettersOf("orders").ReplayAllAsync();
            Console.WriteLine(await client.StateOf("orders", "totals").GetAsync("apple"));
            await client.TakeSavepointAsync("orders", "/shared/savepoints/nightly");
            await client.RescaleJobAsync("orders", 12);
            await client.StopJobAsync("orders", graceful: true);
            // end
            // docs/cluster.md
            await client.SubmitAsync("word-count", "poems", ["/shared/poems", "/shared/checkpoints/poems"]);
            // end
        }
    }

    [Fact]
    public void A_node_with_a_catalog_is_built()
    {
        // Why not run: it wants a file, and waits for a signal; Api.Tests submits such a program.
        Func<Task> node = RunAsync;
        Assert.NotNull(node);

        static async Task RunAsync()
        {
            // docs/cluster.md
            await using var host = await MillraceHost.StartAsync(options => options
                .WithHoconFile("node.conf")
                .WithProgram("word-count", async (runner, submission, cancellationToken) =>
                {
                    if (submission.Arguments is not [var input, var checkpoints])
                        throw new ArgumentException("a directory of texts and one for checkpoints expected");
                    await using var context = StreamingContext.GetOrCreate(checkpoints, () => WordCount(runner, input));
                    await context.StartAsync(cancellationToken);
                    await context.AwaitTerminationAsync(CancellationToken.None);
                }));
            await host.Completion;
            // end
        }

        static StreamingContext WordCount(IJobRunner runner, string input)
        {
            var context = new StreamingContext(runner, 1.Seconds());
            context.TextFileStream(input).FlatMap(line => line.Split(' ')).Map(word => (word, 1)).ReduceByKey((left, right) => left + right).Print();
            return context;
        }
    }

    [Fact]
    public void The_program_of_the_readme_is_built()
    {
        // Why not run: it listens to a fixed port; samples/NetworkWordCount is the same program, and is run.
        Func<Task> program = WordCountAsync;
        Assert.NotNull(program);

        static async Task WordCountAsync()
        {
            // README.md
            await using var host = await MillraceHost.StartEmbeddedAsync();
            await using var context = new StreamingContext(host, 1.Seconds());

            context.SocketTextStream("localhost", 9999)
                .FlatMap(line => line.Split(' '))
                .Map(word => (Key: word, Value: 1))
                .ReduceByKey((left, right) => left + right)
                .Print();

            await context.StartAsync();
            await context.AwaitTerminationAsync();
            // end
        }
    }

    [Fact]
    public async Task A_context_is_made_on_a_checkpoint()
    {
        await using var host = await MillraceHost.StartEmbeddedAsync(options => options.StopsOnSignal = false);

        // README.md
        await using var context = StreamingContext.GetOrCreate("checkpoint", () => Program(host));
        // end

        Assert.Equal(1.Seconds(), context.BatchDuration);

        static StreamingContext Program(MillraceHost host) => new(host, 1.Seconds());
    }

    [Fact]
    public async Task A_script_runs_a_program()
    {
        // README.md
        await using var script = await StreamScript.StartAsync(1.Seconds());
        var lines = script.Input<string>("lines");
        var counts = script.Output(WordCount(lines.Stream));

        lines.Add("a b", "a");
        await script.RunBatchAsync();
        counts.Expect(("a", 2), ("b", 1));
        script.FailNextRecord("reduceByKey");
        lines.Add("b", "b");
        await script.RunBatchAsync();
        counts.Expect(("b", 2));
        await script.EndAsync();
        // end

        static DStream<(string, int)> WordCount(DStream<string> lines) =>
            lines.FlatMap(line => line.Split(' ')).Map(word => (word, 1)).ReduceByKey((left, right) => left + right);
    }

    [Fact]
    public void What_an_older_program_wrote_is_read()
    {
        var catalog = new CodecCatalog();
        var (schema, bytes) = Before.Write(catalog);

        Assert.Equal("Order { Id = 7, Count = 3, Customer = , Currency = EUR }", After.Read(catalog, schema, bytes));
    }

    [Fact]
    public async Task Types_that_only_the_run_tells_are_named()
    {
        // docs/checkpoints.md
        await using var host = await MillraceHost.StartEmbeddedAsync(options =>
        {
            options.SerializableTypes.Add(typeof(Circle));
            options.SerializableTypes.Add(typeof(Square));
        });
        // end

        Assert.Empty(host.Jobs);
        Assert.All([typeof(Circle), typeof(Square)], type => Assert.True(typeof(IShape).IsAssignableFrom(type)));
    }

    [Fact]
    public void Savepoints_dead_letters_and_state_are_asked_for_as_documented()
    {
        // Why not run: SavepointTests, RescaleTests, DeadLetterTests and StateReadTests do what these do, on jobs that have something to save.
        Func<IJob, Task> save = SaveAsync;
        Func<MillraceHost, StreamingContext> begin = Begin;
        Func<IJob, Task> readLetters = ReadLettersAsync;
        Func<IJob, Task> readState = ReadStateAsync;
        Func<ClusterClient, Task> readStateOfCluster = ReadStateOfClusterAsync;
        Assert.All<Delegate>([save, begin, readLetters, readState, readStateOfCluster], Assert.NotNull);

        static async Task SaveAsync(IJob job)
        {
            // docs/checkpoints.md
            await job.RescaleAsync(8);                        // all operators that name no number
            await job.RescaleAsync("reduceByKey(lines)", 12); // one, by its id in the plan, with all whose rows stay on its partitions
            // end
            // docs/checkpoints.md
            await job.StopWithSavepointAsync("savepoints/2026-11-25");       // the last epoch; sinks hold nothing behind it
            await job.TakeSavepointAsync("savepoints/nightly");              // any epoch, while the job goes on
            // end
        }

        static StreamingContext Begin(MillraceHost host)
        {
            // docs/checkpoints.md
            var options = new JobOptions { Savepoint = "savepoints/2026-11-25", Parallelism = 8 };
            var context = new StreamingContext(host, TimeSpan.FromSeconds(1), options);
            // … the program …
            context.Checkpoint("checkpoints/v2");                            // a directory of its own
            Console.Write(context.CompareWithSavepoint());                   // what is restored, new, lost, refused
            // end
            return context;
        }

        static async Task ReadLettersAsync(IJob job)
        {
            // docs/dead-letters.md
            var letters = await job.DeadLetters.ReadAsync();
            foreach (var letter in letters)
                Console.WriteLine($"{letter.Id} {letter.Operator} {letter.Place}: {letter.Error} on {letter.Record}");

            await job.DeadLetters.DiscardAsync(letters.Where(letter => letter.Error.Contains("FormatException")));
            await job.DeadLetters.ReplayAllAsync();
            // end
        }

        static async Task ReadStateAsync(IJob job)
        {
            // docs/state.md
            foreach (var info in await job.ListStateAsync())
                Console.WriteLine($"{info.Operator}, table {info.Name}: {info.KeyType} → {info.ValueType}, {info.Count} entries");

            var totals = job.StateOf<string, int>("totals");
            var found = await totals.GetAsync("apple");
            Console.WriteLine($"{found.Value} at the end of epoch {found.Epoch}");

            for (string? from = null; ;)
            {
                var page = await totals.ReadAsync(from, count: 1000);
                foreach (var (word, total) in page.Entries)
                    Console.WriteLine($"{word} {total}");
                if ((from = page.Next) is null)
                    break;
            }
            // end
        }

        static async Task ReadStateOfClusterAsync(ClusterClient client)
        {
            // docs/state.md
            foreach (var info in await client.ListStateAsync("orders"))
                Console.WriteLine($"{info.Operator}, table {info.Name}: {info.Count} entries");

            var found = await client.StateOf("orders", "totals").GetAsync("apple");
            // end
            Assert.NotNull(found);
        }
    }

    /// <summary>The lines between each pair of two lines, without their common indent.</summary>
    private static List<string> Between(string[] lines, string first, string last)
    {
        var found = new List<string>();
        for (var at = 0; at < lines.Length; at++)
        {
            if (lines[at].Trim() != first)
                continue;
            var indent = lines[at].Length - lines[at].TrimStart().Length;
            var sample = lines.Skip(at + 1).TakeWhile(line => line.Trim() != last).Select(line => line.Length > indent ? line[indent..] : "");
            found.Add(string.Join('\n', sample));
        }

        return found;
    }

    private static string ThisFile([CallerFilePath] string file = "") => file;

    private sealed record Circle(double Radius) : IShape;

    private sealed record Square(double Side) : IShape;

#pragma warning disable CA1852, IDE0040 // Why neither sealed nor private: as a user writes it first.
    private static class Before
    {
        // docs/checkpoints.md
        record Order(long Id, int Count, string Note);
        // end

        public static (CodecSchema Schema, byte[] Bytes) Write(CodecCatalog catalog)
        {
            var codec = catalog.Of<Order>();
            using var writer = new CodecWriter();
            codec.Write(writer, new(7, 3, "gone"));
            return (codec.Schema, writer.ToArray());
        }
    }

    private static class After
    {
        // docs/checkpoints.md
        record Order(long Id, int? Count, string? Customer, string Currency = "EUR");
        // end

        public static string Read(CodecCatalog catalog, CodecSchema written, byte[] bytes)
        {
            var reader = new CodecReader(bytes);
            return catalog.Of<Order>(written).Read(ref reader).ToString();
        }
    }
#pragma warning restore CA1852, IDE0040
}
