// Counts the words that have arrived on a TCP socket since the start, as Spark's StatefulNetworkWordCount does: each word of a batch
// is printed with its running count, and "hello" and "world" have been seen once before. The counts end with the process;
// samples/RecoverableWordCount shows how they outlive it.
//   dotnet run --project samples/StatefulNetworkWordCount                 opens a text server of its own, feeds it a bundled text, ends with it
//   dotnet run --project samples/StatefulNetworkWordCount -- HOST PORT    reads from a server, e.g. `nc -lk 9999`; Ctrl-C ends it
using Millrace;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Operators.Keyed;
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
        .MapWithState(StateSpec
            .Function((string word, Option<int> one, State<int> count) =>
            {
                var sum = one.GetOrElse(0) + count.GetOption().GetOrElse(0);
                count.Update(sum);
                return (Word: word, Count: sum);
            })
            .InitialState([("hello", 1), ("world", 1)]))
        .Print();
    words.Count().ForeachRDD(counts => counts.Foreach(text.Counted));

    await text.RunAsync(context);
});
