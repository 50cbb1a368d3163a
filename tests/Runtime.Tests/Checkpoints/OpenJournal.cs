using Millrace.Runtime.Checkpoints;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A journal, closed at the end of its test where it can be.</summary>
internal sealed record OpenJournal(IJournal Journal) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Journal is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
}
