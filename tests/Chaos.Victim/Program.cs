using System.Globalization;
using Millrace;
using Millrace.Chaos.Victim;
using Millrace.DStreams;

// feed ROOT SEED RECORDS_PER_SECOND                                     appends to the logs until standard input is closed
// run ROOT ZERO_MS INTERVAL_MS WINDOW_BATCHES SLIDE_BATCHES [POSTGRES]  runs the program until the logs are complete and read
switch (args)
{
    case ["feed", var root, var seed, var rate]:
        using (var feed = new OrderFeed(root, Number(seed)))
            await feed.RunAsync(Number(rate), Console.In, Console.Out);
        return 0;
    case ["run", var root, var zero, var interval, var window, var slide, .. var postgres]:
        await RunAsync(new VictimOptions
        {
            Root = root,
            ZeroTime = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(zero, CultureInfo.InvariantCulture)),
            Interval = TimeSpan.FromMilliseconds(Number(interval)),
            WindowBatches = Number(window),
            SlideBatches = Number(slide),
            Postgres = postgres is [var connection] ? connection : null,
        });
        return 0;
    default:
        await Console.Error.WriteLineAsync("The launcher starts this program; run tests/Chaos.");
        return 2;
}

static async Task RunAsync(VictimOptions options)
{
    var journal = options.Postgres is null ? "millrace.journal.kind = sqlite" : $"millrace.journal {{ kind = postgresql, connection-string = \"{options.Postgres}\" }}";
    await using var host = await MillraceHost.StartEmbeddedAsync(host => host.WithHocon(journal));
    await using var context = StreamingContext.GetOrCreate(Path.Combine(options.Root, "checkpoint"), () => OrderProgram.Create(host, options));
    context.AddStreamingListener(new LineListener(Console.Out));
    Console.WriteLine("started");
    await context.StartAsync();
    await context.AwaitTerminationAsync();
    Console.WriteLine("ended");
}

static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
