using Millrace.Client;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <inheritdoc cref="IDeadLetters"/>
/// <remarks>How orders are spelt; where letters are read and orders go depends on where the job runs.</remarks>
internal abstract class DeadLettersBase : IDeadLetters
{
    /// <inheritdoc/>
    public abstract Task<IReadOnlyList<DeadLetter>> ReadAsync(CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public Task ReplayAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letters);
        return OrderAsync(replays: true, letters, cancellationToken);
    }

    /// <inheritdoc/>
    public Task ReplayAllAsync(CancellationToken cancellationToken = default) => OrderAsync(replays: true, null, cancellationToken);

    /// <inheritdoc/>
    public Task DiscardAsync(IEnumerable<DeadLetter> letters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(letters);
        return OrderAsync(replays: false, letters, cancellationToken);
    }

    /// <inheritdoc/>
    public Task DiscardAllAsync(CancellationToken cancellationToken = default) => OrderAsync(replays: false, null, cancellationToken);

    /// <summary>Gives an order, and completes when it is carried out.</summary>
    protected abstract Task GiveAsync(RequestUid id, string order, CancellationToken cancellationToken);

    private async Task OrderAsync(bool replays, IEnumerable<DeadLetter>? letters, CancellationToken cancellationToken)
    {
        var id = RequestUid.New();
        if (LetterOrder.Spell(id, replays, letters) is { } order)
            await GiveAsync(id, order, cancellationToken).ConfigureAwait(false);
    }
}
