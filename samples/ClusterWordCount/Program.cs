// Counts words on several processes. Each start is a node; the nodes find each other, share the work, and go on without one that is killed.
//   dotnet run --project samples/ClusterWordCount -- --config hocon/node.conf [--config FILE ...] [--directory CHECKPOINT]
// Start it three times on this machine; kill one (kill -9) and start it again; Ctrl-C ends one node, and the others go on. Later files win.
using Millrace;
using Millrace.DStreams;
using Millrace.Samples;
using Millrace.Time;

const string Usage = "Usage: ClusterWordCount --config FILE [--config FILE ...] [--directory CHECKPOINT]";
const int WordsPerSecond = 200;
const int Shown = 8;

var configurations = new List<string>();
var directory = Path.Combine(Path.GetTempPath(), "millrace-cluster-word-count");
for (var index = 0; index < args.Length; index += 2)
{
    switch (args.AsSpan(index))
    {
        case ["--config", var file, ..]:
            configurations.Add(file);
            break;
        case ["--directory", var path, ..]:
            directory = path;
            break;
        default:
            return Sample.Refuse($"{Usage}; '{args[index]}' found.");
    }
}

if (configurations.Count == 0)
    return Sample.Refuse($"{Usage}; no --config found, as --config hocon/node.conf.");

return await Sample.RunAsync(async () =>
{
    await using var host = await MillraceHost.StartAsync(options =>
    {
        options.WithEventsOn(Console.Error);
        foreach (var file in configurations)
            options.WithHoconFile(file);
    });
    Console.WriteLine(host.NodeAddress is { } address ? $"Node {address}; checkpoint {directory}." : $"No node: millrace.cluster.enabled is off. Checkpoint {directory}.");
    await using var context = StreamingContext.GetOrCreate(directory, () => Program(host));
    await context.StartAsync();
    await context.AwaitTerminationAsync();
});

static StreamingContext Program(MillraceHost host)
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
