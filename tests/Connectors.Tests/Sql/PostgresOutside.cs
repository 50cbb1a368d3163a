using Millrace.Connectors.Sql;
using Npgsql;

namespace Millrace.Connectors.Tests.Sql;

/// <summary>A PostgreSQL server for the tests of one class.</summary>
public sealed class PostgresOutside : SqlOutside, IDisposable
{
    private readonly PostgresServer _server = new();

    public override SqlDatabase Database => SqlDatabase.PostgreSql(_server.ConnectionString);

    public void Restart()
    {
        _server.Stop();
        _server.Start();
    }

    public void Stop() => _server.Stop();

    public void Start() => _server.Start();

    public void Dispose()
    {
        NpgsqlConnection.ClearAllPools();
        _server.Dispose();
    }
}
