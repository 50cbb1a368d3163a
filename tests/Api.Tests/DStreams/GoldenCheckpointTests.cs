using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>What this version has written is kept as text in tests/Golden/checkpoint, for this and every later version to go on from.</summary>
/// <remarks>
/// After a change that is meant, <c>MILLRACE_WRITE_GOLDEN=1 dotnet test tests/Api.Tests</c> writes it anew; a released format never changes:
/// then a directory for the new one stands beside it. <c>journal.sql</c> makes the journal, each <c>.hex</c> file is one of the directory, and
/// <c>savepoint.hex</c> is a savepoint of the fourth batch.
/// </remarks>
public sealed class GoldenCheckpointTests : IDisposable
{
    private const int LineBytes = 64;

    private static readonly string[] Last = ["ann 4 [1, 2, 3, 4] Long 2026-01-05", "bob 2 [2, 5] Short 2026-01-06", "eve 1 [6] Short 2026-01-07"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");

    private static string Golden => Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "Golden", "checkpoint");

    private string Checkpoints => Path.Combine(_folder.FullName, "checkpoints");

    private string Journal => Path.Combine(Checkpoints, "journal.db");

    private string Savepoint => Path.Combine(_folder.FullName, "savepoint");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_checkpoint_is_gone_on_from_with_what_its_receiver_had_logged()
    {
        await UnpackAsync();

        await using var run = await OpenAsync(batchesBefore: 6);
        Assert.Equal(Last, await FinalAsync(run));

        // Batches 4 and 5 were before, whenever the log was read.
        Assert.Contains(("ann", 1), run.Windows[6000]);
        Assert.Contains(("bob", 1), run.Windows[6000]);
        Assert.Equal(0, run.Run.Context.Job!.Counters.RecordsLost);
    }

    [Fact]
    public async Task A_savepoint_is_begun_from_with_another_parallelism()
    {
        await UnpackAsync();
        Directory.CreateDirectory(Path.Combine(_folder.FullName, "anew"));
        Directory.Move(Path.Combine(Checkpoints, "sources"), Path.Combine(_folder.FullName, "anew", "sources"));

        await using var run = await OpenAsync(batchesBefore: 6, new JobOptions { Parallelism = 3, Savepoint = Savepoint }, "anew");
        Assert.Equal(Last, await FinalAsync(run));
    }

    private sealed class Program(CheckpointRun run, PushReceiver receiver) : IAsyncDisposable
    {
        public CheckpointRun Run => run;

        public PushReceiver Receiver => receiver;

        public ConcurrentDictionary<long, (string Key, Visits State)[]> Visits { get; set; } = [];

        public ConcurrentDictionary<long, (string Key, int State)[]> Windows { get; set; } = [];

        public ValueTask DisposeAsync() => run.DisposeAsync();
    }

    private enum Kind
    {
        Short,
        Long,
    }

    private sealed record Visits(string Name, int Count, List<int> Rooms, Kind Kind, DateTime? Last)
    {
        public static Option<Visits> Add(Option<Visits> state, string name, int room)
        {
            var former = state.GetOrElse(new(name, 0, [], Kind.Short, null));
            var day = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(room);
            return new Visits(name, former.Count + 1, [.. former.Rooms, room], former.Count > 2 ? Kind.Long : Kind.Short, day);
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{Name} {Count} [{string.Join(", ", Rooms)}] {Kind} {Last:yyyy-MM-dd}");
    }

    private async Task<Program> OpenAsync(int batchesBefore, JobOptions? options = null, string directory = "checkpoints")
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddSeconds(batchesBefore));
        options = (options ?? new JobOptions { Parallelism = 2 }) with { SnapshotInterval = TimeSpan.FromSeconds(2) };
        var program = new Program(await CheckpointRun.CreateAsync(clock, options, writeAheadLog: true), new());
        StreamingContext.GetOrCreate(Path.Combine(_folder.FullName, directory), () =>
        {
            var context = program.Run.Context;
            var rooms = context.ReceiverStream(() => program.Receiver).WithName("door").Map(line => line.Split(' ')).Map(line => (line[0], int.Parse(line[1], CultureInfo.InvariantCulture)));
            program.Visits = program.Run.Collect(rooms.UpdateStateByKey<string, int, Visits>((_, name, values, state) =>
                values.Aggregate(state, (former, room) => Visits.Add(former, name, room))).WithName("visits"));
            program.Windows = program.Run.Collect(rooms.MapValues(_ => 1).ReduceByKeyAndWindow((left, right) => left + right, TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(1)).WithName("window"));
            return context;
        });
        return program;
    }

    /// <summary>What all records that were stored add up to: the log is opened beside the batches, so it may take more than one.</summary>
    private static async Task<string[]> FinalAsync(Program program)
    {
        await program.Run.CatchUpAsync();
        while (!program.Visits.MaxBy(batch => batch.Key).Value.Any(pair => pair.Key == "eve"))
            await program.Run.RunAsync(1);
        return [.. program.Visits.MaxBy(batch => batch.Key).Value.Select(pair => $"{pair.State}").Order(StringComparer.Ordinal)];
    }

    private async Task UnpackAsync()
    {
        if (Environment.GetEnvironmentVariable("MILLRACE_WRITE_GOLDEN") == "1")
            await WriteAsync();
        foreach (var file in Directory.EnumerateFiles(Golden, "*.hex", SearchOption.AllDirectories))
        {
            var path = Path.Combine(_folder.FullName, Path.GetRelativePath(Golden, file)[..^".hex".Length]);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, Convert.FromHexString(string.Concat(await File.ReadAllLinesAsync(file))));
        }

        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = await File.ReadAllTextAsync(Path.Combine(Golden, "journal.sql"));
        await command.ExecuteNonQueryAsync();
    }

    private async Task WriteAsync()
    {
        await using (var run = await OpenAsync(batchesBefore: 0))
        {
            await run.Run.Context.StartAsync();
            var saving = Task.CompletedTask;
            foreach (var batch in new[] { ["ann 1"], ["ann 2", "bob 2"], ["ann 3"], ["ann 4"], new[] { "bob 5" } })
            {
                await run.Receiver.PushAsync(batch);
                if (batch[0] == "ann 4")
                    saving = run.Run.Context.Job!.TakeSavepointAsync(Savepoint);
                await run.Run.RunAsync(1);
            }

            await saving.WaitAsync(TimeSpan.FromSeconds(30));
            await run.Receiver.PushAsync("eve 6");
        }

        if (Directory.Exists(Golden))
            Directory.Delete(Golden, recursive: true);
        foreach (var file in Directory.EnumerateFiles(_folder.FullName, "*", SearchOption.AllDirectories))
        {
            if (Path.GetFileName(file) is var name && (name.StartsWith("journal.db", StringComparison.Ordinal) || name.Contains("lock", StringComparison.Ordinal)))
                continue;
            var bytes = name == "used" ? Encoding.UTF8.GetBytes((await File.ReadAllTextAsync(file)).Replace(Checkpoints, "checkpoints", StringComparison.Ordinal)) : await File.ReadAllBytesAsync(file);
            var path = Path.Combine(Golden, Path.GetRelativePath(_folder.FullName, file)) + ".hex";
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllLinesAsync(path, bytes.Chunk(LineBytes).Select(Convert.ToHexString));
        }

        await File.WriteAllTextAsync(Path.Combine(Golden, "journal.sql"), await SqlOfJournalAsync());
        Directory.Delete(Checkpoints, recursive: true);
    }

    private async Task<string> SqlOfJournalAsync()
    {
        var sql = new StringBuilder("PRAGMA user_version = 1;\n");
        await using var connection = await ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'";
        await using (var schema = await command.ExecuteReaderAsync())
        {
            while (await schema.ReadAsync())
                sql.Append(CultureInfo.InvariantCulture, $"{schema.GetString(0)};\n");
        }

        command.CommandText = "SELECT * FROM millrace_journal ORDER BY ordering";
        await using var rows = await command.ExecuteReaderAsync();
        while (await rows.ReadAsync())
        {
            var values = Enumerable.Range(0, rows.FieldCount).Select(column => rows.GetValue(column) switch
            {
                byte[] bytes => $"X'{Convert.ToHexString(bytes)}'",
                string text => $"'{text}'",
                DBNull => "NULL",
                var number => string.Create(CultureInfo.InvariantCulture, $"{number}"),
            });
            sql.Append(CultureInfo.InvariantCulture, $"INSERT INTO millrace_journal VALUES ({string.Join(", ", values)});\n");
        }

        return sql.ToString();
    }

    private async Task<SqliteConnection> ConnectAsync()
    {
        var connection = new SqliteConnection($"Data Source={Journal};Pooling=False");
        await connection.OpenAsync();
        return connection;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
