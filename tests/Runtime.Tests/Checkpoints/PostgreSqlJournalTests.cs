namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class PostgreSqlJournalTests(PostgreSqlServer server) : JournalContract, IClassFixture<PostgreSqlServer>
{
    private protected override async Task<OpenJournal> OpenAsync(string job) => new(await server.OpenAsync(job));
}
