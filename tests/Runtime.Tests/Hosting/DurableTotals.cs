using System.Globalization;
using System.Text;
using Millrace.Client;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Sql;
using Millrace.Graphs;
using Millrace.Operators.Keyed;
using Millrace.Operators.Stateless;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Hosting;

/// <summary>A job on a database: a log of texts → a running text per key → its length, upserted to a table. One start after the other.</summary>
/// <param name="name">Of the job and of its table.</param>
/// <param name="journal">The section of the configuration.</param>
/// <param name="table">Where the table is.</param>
/// <param name="ask">Asks the table's database.</param>
internal sealed class DurableTotals(string name, string journal, SqlDatabase table, Func<string, Task<object?>> ask) : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly WarningLines _warnings = new();
    private MillraceHost? _host;
    private IJob? _job;
    private LogWriter? _writer;

    public string Checkpoints => Path.Combine(_folder.FullName, "checkpoint");

    public IJob Job => _job!;

    public string Log => Path.Combine(_folder.FullName, "log");

    /// <summary>How many segments the log has.</summary>
    public int Segments => Directory.GetFiles(Path.Combine(Log, "partition-0"), "*.log").Length;

    public LogWriterOptions LogOptions { get; init; } = new();

    public LogWriter Writer => _writer ??= LogStore.Create(Log, partitions: 1).OpenWriter(0, LogOptions);

    public string[] Warnings => _warnings.Lines;

    /// <summary>Completes with the first warning.</summary>
    public Task Warned => _warnings.Came;

    public async Task StartAsync(string? reader = "totals")
    {
        _ = Writer;
        _host = await TestHost.StartAsync(journal, options => options.WithWarningsOn(_warnings));
        _job = await _host.StartAsync(Graph(reader), TestHost.Often with { Name = name, CheckpointDirectory = Checkpoints });
    }

    /// <summary>A text of such a length for each key from 0 on, in one go.</summary>
    public void Feed(int keys, int length)
    {
        for (var key = 0; key < keys; key++)
            Writer.Append(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key}:{length}")));
        Writer.Flush(durable: false);
    }

    /// <summary>Waits until every key has such a total; fails with the job.</summary>
    public async Task HasAsync(int keys, long total)
    {
        using var patience = new CancellationTokenSource(2 * TestHost.Patience);
        while (true)
        {
            if (await CountAsync(total) == keys)
                return;
            if (Job.Completion.IsFaulted)
                await Job.Completion;
            patience.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>How many keys have such a total.</summary>
    public async Task<long> CountAsync(long total)
    {
        try
        {
            return (long)(await ask(string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM \"{name}\" WHERE total = {total}")))!;
        }
        catch (System.Data.Common.DbException)
        {
            // It is made with the first epoch.
            return 0;
        }
    }

    /// <summary>Ends the process's part at once, whatever is under way.</summary>
    public async Task KillAsync()
    {
        if (_job is { } job)
            await job.StopAsync(graceful: false).WaitAsync(TestHost.Patience);
        if (_host is { } host)
            await host.DisposeAsync();
        (_job, _host) = (null, null);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _writer?.Dispose();
        _warnings.Dispose();
        _folder.Delete(recursive: true);
    }

    private StreamGraph Graph(string? reader)
    {
        var graph = new StreamGraph();
        var source = graph.AddSource("log", new LogSource<string>(Log, LogFormat.Text, new LogSourceOptions { Reader = reader }));
        var texts = graph.AddOperator<string, (int Key, string Value)>("map", source, () => new MapOperator<string, (int Key, string Value)>(TextOf));
        var totals = graph.AddOperator<(int Key, string Value), (int Key, string Value)>(
            "totals", texts, () => new RunningReduceByKeyOperator<int, string>((left, right) => left + right), new NodeOptions { Name = "totals", IsStateful = true },
            Exchange<(int Key, string Value)>.Hash(new KeyPartitioner<int, string>()));
        var lengths = graph.AddOperator<(int Key, string Value), (int Key, long Total)>(
            "lengths", totals, () => new MapOperator<(int Key, string Value), (int Key, long Total)>(row => (row.Key, row.Value.Length)));
        graph.AddSink("table", lengths, new SqlTableSink<(int Key, long Total)>(table, new SqlTable<(int Key, long Total)>
        {
            Name = name,
            Columns = [new("key", SqlType.Integer, row => (long)row.Key, IsKey: true), new("total", SqlType.Integer, row => row.Total)],
            Mode = SqlWriteMode.Upsert,
            CreateIfMissing = true,
        }));
        return graph;
    }

    private static (int Key, string Value) TextOf(string line)
    {
        var parts = line.Split(':');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), new string((char)('a' + parts[1].Length), int.Parse(parts[1], CultureInfo.InvariantCulture)));
    }
}
