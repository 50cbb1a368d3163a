// Starts three nodes on this machine, streams numbers through them, kills one after ten seconds with kill -9, tells what happens, and checks
// that every number came out once and every count is right.
//   dotnet run --project samples/KillANode
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Millrace;
using Millrace.Connectors.Files;
using Millrace.Connectors.Logs;
using Millrace.DStreams;
using Millrace.KillANode;
using Millrace.Samples;
using Millrace.Time;

const int Nodes = 3;
const int Keys = 100;
const int NumbersPerTick = 40;

var tick = TimeSpan.FromMilliseconds(20);
var before = TimeSpan.FromSeconds(10);
var after = TimeSpan.FromSeconds(4);

return args switch
{
    [] => await Sample.RunAsync(TellAsync),
    ["node", var directory, var port, var seeds] => await Sample.RunAsync(() => RunNodeAsync(directory, port, seeds)),
    _ => Sample.Refuse($"Usage: KillANode; {args.Length} arguments found, none expected."),
};

async Task TellAsync()
{
    var directory = Directory.CreateTempSubdirectory("millrace-kill-a-node-").FullName;
    var ports = FreePorts();
    var seeds = string.Join(',', ports.Select(port => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")));
    using var log = LogStore.Create(Path.Combine(directory, "numbers"), partitions: 1).OpenWriter(0);
    var story = new Story(Nodes);
    var nodes = ports.Select((port, node) => new NodeProcess(node, story, ["node", directory, port.ToString(CultureInfo.InvariantCulture), seeds])).ToArray();
    try
    {
        Console.WriteLine($"Three nodes start: processes {string.Join(", ", nodes.Select(node => node.ProcessId))}; files in {directory}.");
        await WriteUntilAsync(log, story.AllUp, nodes);
        Console.WriteLine($"They share the work. {NumbersPerTick * TimeSpan.TicksPerSecond / tick.Ticks:N0} numbers a second are streamed for {before.TotalSeconds} s.");
        await WriteUntilAsync(log, Task.Delay(before), nodes);
        story.Kill(nodes[^1], log.End);
        await WriteUntilAsync(log, story.CaughtUp, nodes[..^1]);
        await WriteUntilAsync(log, Task.Delay(after), nodes[..^1]);
        log.Complete();
        foreach (var node in nodes[..^1])
            await node.EndAsync();
        foreach (var line in story.Lines)
            Console.WriteLine(line);
        Environment.ExitCode = Check(Path.Combine(directory, "counted"), log.End);
    }
    finally
    {
        foreach (var node in nodes)
            node.Dispose();
    }

    Directory.Delete(directory, recursive: true);
}

// Somebody else would write it in real life.
async Task WriteUntilAsync(LogWriter log, Task end, NodeProcess[] running)
{
    Span<byte> Bytes(long number, byte[] buffer) => BitConverter.TryWriteBytes(buffer, number) ? buffer : [];
    var bytes = new byte[sizeof(long)];
    while (!end.IsCompleted)
    {
        for (var number = 0; number < NumbersPerTick; number++)
            log.Append(Bytes(log.End, bytes));
        log.Flush(durable: false);
        foreach (var node in running)
            node.ThrowIfEnded();
        await Task.WhenAny(end, Task.Delay(tick));
    }

    await end;
}

// What came out, against what went in. Each number must be there once, and each key's counts must be 1, 2, 3, …: no state was lost, or seen twice.
static int Check(string directory, long expected)
{
    var rows = Directory.GetFiles(directory, "*.txt").SelectMany(File.ReadLines)
        .Select(line => line.Split(',')).Select(parts => (Key: parts[0], Count: long.Parse(parts[1], CultureInfo.InvariantCulture), Number: long.Parse(parts[2], CultureInfo.InvariantCulture))).ToArray();
    var actual = rows.LongLength;
    var distinct = rows.Select(row => row.Number).Distinct().LongCount(number => number >= 0 && number < expected);
    var wrong = rows.GroupBy(row => row.Key).Sum(key => key.OrderBy(row => row.Number).Select((row, index) => row.Count == index + 1 ? 0 : 1).Sum());
    var isRight = expected == actual && distinct == expected && wrong == 0;
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"expected {expected:N0} {(expected == actual ? "==" : "!=")} actual {actual:N0}, {expected - distinct} lost, {actual - distinct} duplicated, {wrong} wrong counts"));
    return isRight ? 0 : 1;
}

static async Task RunNodeAsync(string directory, string port, string seeds)
{
    await using var host = await MillraceHost.StartAsync(options =>
    {
        options.WithEventsOn(Console.Out);
        options.WithHocon($"millrace {{ journal.kind = sqlite, cluster {{ enabled = on, port = {port}, seeds = \"{seeds}\", nodes = {Nodes}, placement-wait = 60 s }} }}");
    });
    await using var context = StreamingContext.GetOrCreate(Path.Combine(directory, "checkpoint"), () => Program(host, directory));
    context.AddStreamingListener(new CommitWriter());
    await context.StartAsync();
    await context.AwaitTerminationAsync();
}

static StreamingContext Program(MillraceHost host, string directory)
{
    var context = new StreamingContext(host, 200.Milliseconds());
    context
        .SourceStream("numbers", new LogSource<long>(Path.Combine(directory, "numbers"), bytes => BitConverter.ToInt64(bytes)))
        .Map(number => (Key: (int)(number % Keys), number))
        .MapWithState(StateSpec.Function<int, long, long, string>((_, key, number, count) =>
        {
            count.Update((count.Exists ? count.Get() : 0) + 1);
            return new(string.Create(CultureInfo.InvariantCulture, $"{key},{count.Get()},{number.Value}"));
        })).WithName("counts")
        .SaveTo(new FileSink<string>(Path.Combine(directory, "counted"), FileSinkFormat.Lines), "lines");
    return context;
}

// All at once: a port that is given back may be the next one's too.
static int[] FreePorts()
{
    var listeners = Enumerable.Range(0, Nodes).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
    foreach (var listener in listeners)
        listener.Start();
    var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
    foreach (var listener in listeners)
        listener.Dispose();
    return ports;
}
