namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A test on a real PostgreSQL; skipped, with the reason, where its programs are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgreSqlFactAttribute : FactAttribute
{
    public PostgreSqlFactAttribute() => Skip = PostgreSqlServer.Obstacle;
}
