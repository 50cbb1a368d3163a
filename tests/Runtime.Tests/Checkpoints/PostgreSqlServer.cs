using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.TestServers;
using Npgsql;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>Opens journals on a server of PostgreSQL; without one its tests are skipped.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("tests", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");

    // Why synced: what is tested here is what a commit promises.
    private readonly PostgresServer? _server = PostgresServer.IsInstalled ? new PostgresServer(syncs: true) : null;

    public string ConnectionString => $"{Server.ConnectionString};Password=s3cret";

    internal SqlJournalOptions Options => new() { Kind = JournalKind.PostgreSql, Target = ConnectionString };

    private PostgresServer Server
    {
        get
        {
            Skip.If(_server is null, PostgresServer.Missing);
            return _server!;
        }
    }

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>A crash of the server, and a recovery.</summary>
    public void Restart()
    {
        Stop();
        Start();
    }

    public void Stop() => Server.Stop();

    public void Start() => Server.Start();

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        NpgsqlConnection.ClearAllPools();
        _server?.Dispose();
    }

    /// <summary>Runs SQL as the superuser.</summary>
    public Task ExecuteAsync(string sql) => AskAsync(sql);

    /// <summary>The first value of what SQL gives.</summary>
    public async Task<object?> AskAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    internal Task<SqlJournal> OpenAsync(string job, ILogger? logger = null, SqlJournalOptions? options = null) =>
        SqlJournal.OpenAsync(_system, options ?? Options, job, job, logger ?? NullLogger.Instance);
}
