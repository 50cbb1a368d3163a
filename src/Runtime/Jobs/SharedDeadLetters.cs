using Millrace.Client;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <inheritdoc cref="IDeadLetters"/>
/// <remarks>Of a job on a cluster: letters come page by page from whoever holds the tasks, orders go to whoever coordinates.</remarks>
internal sealed class SharedDeadLetters(AskJob ask, string job) : DeadLettersBase
{
    private const int OrderCharactersMax = 1 << 20;

    // What this one has ordered is seen by what it reads next.
    private long _ordered;

    /// <inheritdoc/>
    public override async Task<IReadOnlyList<DeadLetter>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var letters = new List<DeadLetter>();
        for (var place = LetterPlace.Start; ; place = LetterPlace.Of(letters[^1]))
        {
            var request = new JobRequest.ReadLetters(Interlocked.Read(ref _ordered), place);
            var page = (await ask(RequestUid.New(), job, request, cancellationToken).ConfigureAwait(false)).As<JobAnswer.Letters>().Page;
            letters.AddRange(page.Letters);
            if (!page.HasMore)
                return letters;
        }
    }

    /// <inheritdoc/>
    protected override async Task GiveAsync(RequestUid id, string order, CancellationToken cancellationToken)
    {
        if (order.Length > OrderCharactersMax)
            throw new InvalidOperationException($"Job {job}: an order of at most {OrderCharactersMax} characters of letters' names expected, {order.Length} found; name fewer letters at a time, or all of them.");
        var done = (await ask(id, job, new JobRequest.Order(order), cancellationToken).ConfigureAwait(false)).As<JobAnswer.Done>();
        for (var known = Interlocked.Read(ref _ordered); known < done.Epoch; known = Interlocked.Read(ref _ordered))
            Interlocked.CompareExchange(ref _ordered, done.Epoch, known);
    }
}
