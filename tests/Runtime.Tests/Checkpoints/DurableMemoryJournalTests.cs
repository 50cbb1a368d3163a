using Millrace.Runtime.Checkpoints;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class DurableMemoryJournalTests : JournalContract
{
    private readonly Dictionary<string, MemoryJournal> _journals = [];

    private protected override Task<OpenJournal> OpenAsync(string job)
    {
        if (!_journals.TryGetValue(job, out var journal))
            _journals[job] = journal = new(isDurable: true);
        return Task.FromResult(new OpenJournal(journal));
    }
}
