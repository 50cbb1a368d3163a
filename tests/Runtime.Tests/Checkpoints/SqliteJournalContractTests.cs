using Millrace.Runtime.Checkpoints;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class SqliteJournalContractTests : JournalContractTests
{
    private readonly SqliteJournals _journals = new();

    internal override async Task<IJournal> OpenAsync() => await _journals.OpenAsync();

    internal override async Task CloseAsync(IJournal journal) => await ((SqlJournal)journal).DisposeAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _journals.EndAsync();
    }
}
