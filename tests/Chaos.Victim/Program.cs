using System.Globalization;
using Millrace;
using Millrace.Chaos.Victim;
using Millrace.DStreams;

// feed ROOT SEED RECORDS_PER_SECOND                                     appends to the logs until standard input is closed
// run ROOT ZERO_MS INTERVAL_MS WINDOW_BATCHES SLIDE_BATCHES SLOTS [POSTGRES]
//                                                                       runs the program until the logs are complete and read
// node CLUSTER ROOT …                                                   the same as a node, where CLUSTER is what millrace.cluster holds, as HOCON
switch (args)
{
    case ["feed", var root, var seed, var rate]:
        using (var feed = new OrderFeed(root, Number(seed)))
            await feed.RunAsync(Number(rate), Console.In, Console.Out);
        return 0;
    case ["run", .. var rest] when Read(rest) is { } options:
        await RunAsync(options);
        return 0;
    case ["node", var cluster, .. var rest] when Read(rest) is { } options:
        await RunAsync(options with { Cluster = cluster });
        return 0;
    default:
        await Console.Error.WriteLineAsync("The launcher starts this program; run tests/Chaos.");
        return 2;
}

static VictimOptions? Read(string[] args) => args is not [var root, var zero, var interval, var window, var slide, var slots, .. var postgres] ? null : new()
{
    Root = root,
    ZeroTime = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(zero, CultureInfo.InvariantCulture)),
    Interval = TimeSpan.FromMilliseconds(Number(interval)),
    WindowBatches = Number(window),
    SlideBatches = Number(slide),
    Slots = Number(slots),
    Postgres = postgres is [var connection] ? connection : null,
};

static async Task RunAsync(VictimOptions options)
{
    await using var host = await MillraceHost.StartAsync(host =>
    {
        host.WithHocon(options.Hocon);
        if (options.Cluster is not null)
            host.WithEventsOn(Console.Out);
    });
    await using var context = StreamingContext.GetOrCreate(Path.Combine(options.Root, "checkpoint"), () => OrderProgram.Create(host, options));
    context.AddStreamingListener(new LineListener(Console.Out));
    Console.WriteLine("started");
    await context.StartAsync();
    await context.AwaitTerminationAsync();
    Console.WriteLine("ended");
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
