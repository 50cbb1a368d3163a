namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A theory on a real PostgreSQL; skipped, with the reason, where its programs are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgreSqlTheoryAttribute : TheoryAttribute
{
    public PostgreSqlTheoryAttribute() => Skip = PostgreSqlServer.Obstacle;
}
