using Millrace.Runtime.Checkpoints;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class MemoryJournalContractTests : JournalContractTests
{
    private readonly MemoryJournal _memory = new(isDurable: true);

    internal override Task<IJournal> OpenAsync() => Task.FromResult<IJournal>(_memory);

    internal override Task CloseAsync(IJournal journal) => Task.CompletedTask;
}
