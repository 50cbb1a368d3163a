// Counts words so that a kill -9 at any moment loses and doubles nothing: lines come from a log on disk, counts stand in a table, and both
// agree whenever the program has come to its end, however often it was killed before.
//   dotnet run --project samples/RecoverableWordCount [DIRECTORY]
// Kill it (kill -9), start it again with the same directory, as often as you like; it goes on where it was.
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Millrace;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Sql;
using Millrace.DStreams;
using Millrace.Samples;
using Millrace.Time;

const int Lines = 400;
const string Usage = "Usage: RecoverableWordCount [DIRECTORY]";

if (args is ["-h" or "--help"])
    return Sample.Help($"{Usage}: counts the words of {Lines} lines and keeps log, counts and checkpoint in the directory; kill it, and start it again.");
if (args.Length > 1)
    return Sample.Refuse($"{Usage}; no argument or one expected, {args.Length} found.");
if (args is [['-', ..] option])
    return Sample.Refuse($"{Usage}; no option expected, '{option}' found.");
var directory = Path.GetFullPath(args.Length == 1 ? args[0] : Path.Combine(Path.GetTempPath(), "millrace-recoverable-word-count"));
var (logs, table, checkpoint) = (Path.Combine(directory, "log"), Path.Combine(directory, "counts.db"), Path.Combine(directory, "checkpoint"));

return await Sample.RunAsync(async () =>
{
    var store = LogStore.Create(logs, partitions: 1);
    using var log = store.OpenWriter(0);
    Console.WriteLine($"{directory}: {log.End} of {Lines} lines are in the log.");
    await using var host = await MillraceHost.StartEmbeddedAsync();
    await using var context = StreamingContext.GetOrCreate(checkpoint, () => Program(host, logs, table));
    await context.StartAsync();
    if (context.Job!.Committed.Number > 0)
        Console.WriteLine($"Goes on behind batch {context.Job.Committed.Number}.");

    // Who writes the log is somebody else in real life.
    var text = BundledText.ReadLines();
    while (log.End < Lines)
    {
        log.Append(Encoding.UTF8.GetBytes(text[(int)(log.End % text.Length)]));
        log.Flush(durable: false);
        if (log.End % 50 == 0)
            Console.WriteLine($"{log.End} lines written, {Counted(table)} words counted so far");
        if (await context.AwaitTerminationOrTimeoutAsync(25.Milliseconds()))
        {
            Console.WriteLine($"Stopped with {log.End} of {Lines} lines in the log; start it again, and it goes on.");
            return;
        }
    }

    var expected = Enumerable.Range(0, Lines).Sum(line => (long)text[line % text.Length].Split(' ', StringSplitOptions.RemoveEmptyEntries).Length);
    await context.StopAsync(graceful: true);
    var counted = Counted(table);
    Console.WriteLine($"{expected} words written, {counted} words counted: {(expected == counted ? "none lost, none doubled" : "WRONG")}.");
});

static StreamingContext Program(MillraceHost host, string logs, string table)
{
    var context = new StreamingContext(host, 200.Milliseconds());
    context
        .SourceStream("lines", new LogSource<string>(logs, LogFormat.Text))
        .FlatMap(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        .Map(word => (Key: word, Value: 1))
        .UpdateStateByKey<string, int, int>((ones, count) => ones.Count + count.GetOrElse(0)).WithName("counts")
        .SaveTo(
            new SqlTableSink<(string Word, int Count)>(SqlDatabase.Sqlite(table), new SqlTable<(string Word, int Count)>
            {
                Name = "counts",
                Columns = [new("word", SqlType.Text, row => row.Word, IsKey: true), new("count", SqlType.Integer, row => (long)row.Count)],
                Mode = SqlWriteMode.Upsert,
                CreateIfMissing = true,
            }),
            "table");
    return context;
}

static long Counted(string table)
{
    if (!File.Exists(table))
        return 0;
    using var connection = new SqliteConnection($"Data Source={table};Mode=ReadOnly;Pooling=False");
    connection.Open();
    using var command = connection.CreateCommand();
    command.CommandText = "SELECT count(*) FROM sqlite_master WHERE name = 'counts'";
    if (Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture) == 0)
        return 0;
    command.CommandText = "SELECT coalesce(sum(count), 0) FROM counts";
    return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
}
