// Counts the words that arrive on a TCP socket, batch by batch, and prints each batch as Spark's NetworkWordCount does.
//   dotnet run --project samples/NetworkWordCount                 opens a text server of its own, feeds it a bundled text, ends with it
//   dotnet run --project samples/NetworkWordCount -- HOST PORT    reads from a server, e.g. `nc -lk 9999`; Ctrl-C ends it
using System.Globalization;
using Millrace;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Samples;
using Millrace.Time;

const int UserError = 2;

if (args.Length is not (0 or 2))
    return Refuse($"Usage: NetworkWordCount [HOST PORT]; {args.Length} arguments found, none or two expected.");
var port = 0;
if (args.Length == 2 && !(int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535))
    return Refuse($"Port '{args[1]}' found, a number from 1 to 65535 expected.");

try
{
    await using var text = args.Length == 0 ? new BundledText() : null;
    await using var host = await MillraceHost.StartEmbeddedAsync(options => options.WithWarningsOn(Console.Error));
    await using var context = new StreamingContext(host, 1.Seconds());

    var words = context
        .SocketTextStream(text?.Host ?? args[0], text?.Port ?? port)
        .FlatMap(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    words.Map(word => (Key: word, Value: 1))
        .ReduceByKey((left, right) => left + right)
        .Print();
    words.Count().ForeachRDD(counts => counts.Foreach(count => text?.Counted(count)));

    await context.StartAsync();
    if (text is not null)
    {
        Console.WriteLine($"Counting the words of the bundled text from {text.Host}:{text.Port}; Ctrl-C ends it earlier.");
        await Task.WhenAny(text.AllCounted, context.AwaitTerminationAsync());
        await context.StopAsync(graceful: true);
        Console.WriteLine($"{text.WordsCounted} of {text.Words} words counted.");
    }
    else
    {
        await context.AwaitTerminationAsync();
    }

    return 0;
}
catch (JobFailedException failure)
{
    await Console.Error.WriteLineAsync(failure.Message);
    return 1;
}
catch (MillraceException mistake)
{
    return Refuse(mistake.Message);
}

static int Refuse(string message)
{
    Console.Error.WriteLine(message);
    return UserError;
}
