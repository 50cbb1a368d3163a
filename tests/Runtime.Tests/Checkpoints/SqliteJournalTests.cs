namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class SqliteJournalTests : JournalContract, IDisposable
{
    private readonly SqliteFile _file = new();

    public void Dispose() => _file.Dispose();

    private protected override async Task<OpenJournal> OpenAsync(string job) => new(await _file.OpenAsync(job));
}
