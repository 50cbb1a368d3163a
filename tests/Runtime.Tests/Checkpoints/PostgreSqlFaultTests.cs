using Microsoft.Extensions.Time.Testing;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Tests.Checkpoints.JournalClient;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class PostgreSqlFaultTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>
{
    private static readonly JournalStream Stream = JournalStream.Coordinator(1);

    private readonly RecordingLogger _log = new();

    [SkippableFact]
    public async Task A_server_that_stops_at_once_and_comes_back_loses_and_doubles_no_row()
    {
        await using var journal = await server.OpenAsync("restart", _log);
        using var written = new SemaphoreSlim(0);
        var appends = Task.Run(async () =>
        {
            for (var number = 1; number <= 400; number++)
            {
                Assert.Equal(AppendOutcome.Ok, (await journal.InsistAsync(Stream, number, Row(number))).Outcome);
                written.Release();
            }
        });

        for (var stops = 1; stops <= 3; stops++)
        {
            for (var row = 0; row < 80; row++)
                await await Task.WhenAny(written.WaitAsync(), appends);
            server.Restart();
        }

        await appends;
        Assert.Equal(Enumerable.Range(1, 400).Select(number => Row(number)), (await journal.ReadAllAsync(Stream)).Select(row => row.Row));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning: Journal of job restart: PostgreSQL 127.0.0.1:", StringComparison.Ordinal));
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning: ", StringComparison.Ordinal) && line.Contains("works again, the job goes on after ", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("s3cret", StringComparison.Ordinal) || line.Contains('\n'));
    }

    [SkippableTheory]
    [InlineData("ALTER ROLE writer SET default_transaction_read_only = on", "ALTER ROLE writer RESET default_transaction_read_only", "is read-only")]
    [InlineData("REVOKE INSERT ON millrace_journal FROM writer", "GRANT INSERT ON millrace_journal TO writer", "denies the permission")]
    [InlineData("ALTER TABLE millrace_journal RENAME TO gone", "ALTER TABLE gone RENAME TO millrace_journal", "has lost its table millrace_journal")]
    public async Task A_server_that_refuses_rows_is_named_once_with_the_reason_and_goes_on_when_it_takes_them_again(string refuse, string permit, string reason)
    {
        var job = $"refused {Guid.NewGuid():N}";
        await (await server.OpenAsync(job)).DisposeAsync();
        await server.ExecuteAsync("""
            DO $$ BEGIN CREATE ROLE writer LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
            GRANT SELECT, INSERT, UPDATE, DELETE ON millrace_journal TO writer; GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO writer;
            """);
        var options = server.Options with { Target = server.ConnectionString.Replace("Username=postgres", "Username=writer", StringComparison.Ordinal) + ";Pooling=False" };
        await using var journal = await server.OpenAsync(job, _log, options);
        await journal.AppendAsync(Stream, 1, Row(1));

        await server.ExecuteAsync(refuse);
        Assert.Equal(AppendOutcome.Unknown, (await journal.AppendAsync(Stream, 2, Row(2))).Outcome);
        Assert.Equal(AppendOutcome.Unknown, (await journal.AppendAsync(Stream, 2, Row(2))).Outcome);
        await server.ExecuteAsync(permit);
        Assert.Equal(AppendOutcome.Ok, (await journal.InsistAsync(Stream, 2, Row(2))).Outcome);

        Assert.Equal(2, _log.Lines.Length);
        Assert.Contains(reason, _log.Lines[0], StringComparison.Ordinal);
        Assert.Matches("^Warning: .+ works again, the job goes on after .+ s$", _log.Lines[1]);
    }

    [SkippableFact]
    public async Task A_server_that_is_down_at_the_start_is_waited_for()
    {
        server.Stop();
        var opening = server.OpenAsync("late", _log);
        await _log.Contains("Warning: Journal of job late: the start waits, at most 300 s more: PostgreSQL 127.0.0.1:").WaitAsync(TimeSpan.FromSeconds(60));
        Assert.False(opening.IsCompleted);

        server.Start();
        await using var journal = await opening;

        Assert.Equal(AppendOutcome.Ok, (await journal.AppendAsync(Stream, 1, Row(1))).Outcome);
        Assert.Contains(_log.Lines, line => line.StartsWith("Warning: ", StringComparison.Ordinal) && line.Contains("works again, the job goes on after ", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Lines, line => line.Contains("s3cret", StringComparison.Ordinal) || line.Contains('\n'));
    }

    [SkippableFact]
    public async Task A_job_that_another_process_has_is_refused_with_who_has_it_and_free_when_that_is_gone()
    {
        var job = $"held {Guid.NewGuid():N}";
        var time = new FakeTimeProvider();
        await using var second = await server.OpenAsync(job, _log, server.Options with { Time = time });
        await using (var first = await server.OpenAsync(job))
        {
            await first.HoldAsync(default);
            var waiting = second.HoldAsync(default);
            await _log.Contains("Warning: Journal of job held").WaitAsync(TimeSpan.FromSeconds(60));
            while (!waiting.IsCompleted)
            {
                time.Advance(TimeSpan.FromSeconds(1));
                await Task.Yield();
            }

            var refusal = await Assert.ThrowsAsync<ConfigurationException>(() => waiting);
            Assert.Matches($"^Job {job}: a name that no other process uses on PostgreSQL .+ expected, one in use found \\(process {Environment.ProcessId} on .+, since 2.+Z\\); stop that one", refusal.Message);
        }

        await second.HoldAsync(default);
    }

    [SkippableFact]
    public async Task A_hold_that_the_server_lost_is_taken_anew()
    {
        var job = $"lost {Guid.NewGuid():N}";
        await using var first = await server.OpenAsync(job);
        await first.HoldAsync(default);
        server.Restart();
        while (await server.AskAsync("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'") is 0L)
        {
            // Each look is answered by the server.
        }

        await using var second = await server.OpenAsync(job, _log);
        using var enough = new CancellationTokenSource();
        var waiting = second.HoldAsync(enough.Token);
        await _log.Contains("the start waits").WaitAsync(TimeSpan.FromSeconds(60));
        await enough.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=u;Password=s3cret", "can't be reached (ConnectionRefused)")]
    [InlineData("Host=127.0.0.1;Prot=5432;Password=s3cret", "'Host=…;Database=…;Username=…' expected")]
    [InlineData("s3cret", "'Host=…;Database=…;Username=…' expected")]
    public async Task A_server_that_is_not_there_is_refused_in_one_line_without_the_password(string connectionString, string expected)
    {
        var options = new SqlJournalOptions { Kind = JournalKind.PostgreSql, Target = connectionString, OutageBudget = TimeSpan.Zero };

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => server.OpenAsync("job", _log, options));

        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", failure.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }
}
