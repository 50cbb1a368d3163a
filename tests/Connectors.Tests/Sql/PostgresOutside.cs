using Millrace.Connectors.Sql;
using Millrace.TestServers;
using Npgsql;

namespace Millrace.Connectors.Tests.Sql;

/// <summary>A PostgreSQL server for the tests of one class; without one they are skipped.</summary>
public sealed class PostgresOutside : SqlOutside, IDisposable
{
    private readonly PostgresServer? _server = PostgresServer.IsInstalled ? new() : null;

    public override SqlDatabase Database => SqlDatabase.PostgreSql(Server.ConnectionString);

    private PostgresServer Server
    {
        get
        {
            Skip.If(_server is null, PostgresServer.Missing);
            return _server!;
        }
    }

    public void Restart()
    {
        Server.Stop();
        Server.Start();
    }

    public void Stop() => Server.Stop();

    public void Start() => Server.Start();

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        _server?.Dispose();
    }
}
