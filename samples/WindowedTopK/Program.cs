// Prints every second the hashtags that were used most in the last three seconds of a text, as Spark's TwitterPopularTags does for a minute.
//   dotnet run --project samples/WindowedTopK                 opens a text server of its own, feeds it bundled posts, ends when the window is empty again
//   dotnet run --project samples/WindowedTopK -- HOST PORT    reads from a server, e.g. `nc -lk 9999`; Ctrl-C ends it
using Millrace;
using Millrace.DStreams;
using Millrace.Samples;
using Millrace.Time;

const int TagsShown = 5;

return await Sample.RunAsync(args, async text =>
{
    await using var host = await MillraceHost.StartEmbeddedAsync();
    await using var context = new StreamingContext(host, 100.Milliseconds());
    var windowIsEmpty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    var words = context
        .SocketTextStream(text.Host, text.Port)
        .FlatMap(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    words.Count().ForeachRDD(counts => counts.Foreach(text.Counted));
    words.Filter(word => word.StartsWith('#'))
        .Map(tag => (Key: tag, Value: 1))
        .ReduceByKeyAndWindow(
            (left, right) => left + right, (all, left) => all - left, 3.Seconds(), 1.Seconds(), filter: (_, count) => count > 0)
        .Transform(counts => counts.SortBy(tag => (-tag.Value, tag.Key)))
        .ForeachRDD((counts, time) =>
        {
            Console.WriteLine($"Popular tags of the last 3 seconds at {time} ({counts.Count()} in all):");
            foreach (var (tag, count) in counts.Take(TagsShown))
                Console.WriteLine($"{tag} ({count} posts)");
            Console.WriteLine();
            if (counts.IsEmpty() && text.AllCounted.IsCompleted)
                windowIsEmpty.TrySetResult();
        });

    await text.RunAsync(context, windowIsEmpty.Task);
});
