// Counts words on several processes. Each start is a node; the nodes find each other, share the work, and go on without one that is killed.
//   dotnet run --project samples/ClusterWordCount -- --config hocon/node.conf [--config FILE ...] [--directory CHECKPOINT]
// Start it three times on this machine; kill one (kill -9) and start it again; Ctrl-C ends one node, and the others go on. Later files win.
// With --idle a node has no job of its own and takes what is submitted: --submit does so from a process that is no node, --stop stops it.
using Millrace;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Runtime.Hosting;
using Millrace.Samples;
using Millrace.Time;

const string Usage = "Usage: ClusterWordCount --config FILE [--config FILE ...] [--directory CHECKPOINT] [--idle | --submit | --stop]";
const string Job = "word-count";
const int WordsPerSecond = 200;
const int Shown = 8;

var configurations = new List<string>();
var directory = Path.Combine(Path.GetTempPath(), "millrace-cluster-word-count");
var mode = "";
for (var index = 0; index < args.Length; index++)
{
    switch (args.AsSpan(index))
    {
        case ["--config", var file, ..]:
            configurations.Add(file);
            index++;
            break;
        case ["--directory", var path, ..]:
            directory = Path.GetFullPath(path);
            index++;
            break;
        case ["--idle" or "--submit" or "--stop", ..] when mode.Length == 0:
            mode = args[index];
            break;
        default:
            return Sample.Refuse($"{Usage}; '{args[index]}' found.");
    }
}

if (configurations.Count == 0)
    return Sample.Refuse($"{Usage}; no --config found, as --config hocon/node.conf.");

try
{
    return await Sample.RunAsync(mode is "--submit" or "--stop" ? AskAsync : RunNodeAsync);
}
catch (InvalidOperationException refusal)
{
    // What a cluster does not do as it stands: a name that is taken, a job that is not there.
    return Sample.Refuse(refusal.Message);
}

async Task RunNodeAsync()
{
    await using var host = await MillraceHost.StartAsync(options =>
    {
        Configure(options.WithEventsOn(Console.Error));
        options.WithProgram(Job, async (runner, submission, cancellation) => await CountAsync(runner, submission.Arguments[0], cancellation));
    });
    Console.WriteLine(host.NodeAddress is { } address ? $"Node {address}." : "No node: millrace.cluster.enabled is off.");
    if (mode != "--idle")
    {
        Console.WriteLine($"Checkpoint {directory}.");
        await CountAsync(host, directory);
        return;
    }

    await host.Completion;
}

async Task AskAsync()
{
    await using var client = await ClusterClient.ConnectAsync(Configure);
    if (mode == "--submit")
        await client.SubmitAsync(Job, Job, [directory]);
    else
        await client.StopJobAsync(Job, graceful: true);
    foreach (var job in await client.ListJobsAsync())
        Console.WriteLine($"{job.Name} {job.State} on {string.Join(' ', job.Nodes)}");
}

void Configure(MillraceHostOptions options)
{
    foreach (var file in configurations)
        options.WithHoconFile(file);
}

static async Task CountAsync(IJobRunner runner, string directory, CancellationToken cancellation = default)
{
    await using var context = StreamingContext.GetOrCreate(directory, () => Program(runner));
    await context.StartAsync(cancellation);
    await context.AwaitTerminationAsync(CancellationToken.None);
}

static StreamingContext Program(IJobRunner host)
{
    var words = BundledText.ReadLines().SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
    var context = new StreamingContext(host, 1.Seconds());

    // Which words come is known of each number, so that the counts can be checked: of N numbers in all each word has its share.
    context.RateStream(WordsPerSecond)
        .Map(row => (Key: words[row.Value % words.Length], Value: 1))
        .UpdateStateByKey<string, int, long>((ones, count) => count.GetOrElse(0) + ones.Count).WithName("counts")
        .ForeachRDD((counts, time) =>
        {
            // Runs in one of the nodes, which has all of the batch.
            var all = counts.Collect();
            var most = all.OrderByDescending(pair => pair.State).Take(Shown).Select(pair => $"{pair.Key} {pair.State}");
            Console.WriteLine($"{DateTimeOffset.FromUnixTimeMilliseconds(time.Milliseconds):HH:mm:ss} {all.Sum(pair => pair.State)} words: {string.Join(", ", most)}");
        });
    return context;
}
