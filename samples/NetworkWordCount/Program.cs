// Counts the words that arrive on a TCP socket, batch by batch, and prints each batch as Spark's NetworkWordCount does.
//   dotnet run --project samples/NetworkWordCount                 opens a text server of its own, feeds it a bundled text, ends with it
//   dotnet run --project samples/NetworkWordCount -- HOST PORT    reads from a server, e.g. `nc -lk 9999`; Ctrl-C ends it
using Millrace;
using Millrace.DStreams;
using Millrace.Samples;
using Millrace.Time;

return await Sample.RunAsync(args, async text =>
{
    await using var host = await MillraceHost.StartEmbeddedAsync();
    await using var context = new StreamingContext(host, 1.Seconds());

    var words = context
        .SocketTextStream(text.Host, text.Port)
        .FlatMap(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    words.Map(word => (Key: word, Value: 1))
        .ReduceByKey((left, right) => left + right)
        .Print();
    words.Count().ForeachRDD(counts => counts.Foreach(text.Counted));

    await text.RunAsync(context);
});
