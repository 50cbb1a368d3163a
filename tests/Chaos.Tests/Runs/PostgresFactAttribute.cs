using Millrace.TestServers;

namespace Millrace.Chaos.Tests.Runs;

/// <summary>A test that starts a server of PostgreSQL; skipped, and shown so, where none is installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute()
    {
        if (!PostgresServer.IsInstalled)
            Skip = PostgresServer.Missing;
    }
}
