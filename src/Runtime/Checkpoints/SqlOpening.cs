using Microsoft.Extensions.Logging;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Checkpoints;

/// <summary>The first steps on a database: waits for one that is down for as long as for one that fails later, and says so; refuses one that can't be used.</summary>
internal sealed class SqlOpening(SqlJournalOptions options, string job, SqlDatabase database, ILogger logger)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // The first use of the plug-in holds a lock itself while its queries are compiled, which takes seconds on a busy machine.
    private static readonly TimeSpan LockMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(30);

    /// <summary>Carries a step out, again after a fault that may pass.</summary>
    /// <exception cref="ConfigurationException">The database can't be used, or was not there for the outage budget; one line.</exception>
    public async Task RunAsync(Func<CancellationToken, Task> step, CancellationToken cancellation)
    {
        var (began, nextTold) = (options.Time.GetTimestamp(), TimeSpan.Zero);
        while (true)
        {
            Exception fault;
            try
            {
                await TryAsync(step, cancellation);
                if (nextTold > TimeSpan.Zero)
                    SqlJournalLog.OutageEnded(logger, job, database.Name, Math.Round(options.Time.GetElapsedTime(began).TotalSeconds, 1));
                return;
            }
            catch (Exception thrown) when (thrown is not (ConfigurationException or OperationCanceledException))
            {
                fault = thrown;
            }

            var waited = options.Time.GetElapsedTime(began);
            if (!SqlFault.MayPass(fault))
                throw Refusal("a database that works", fault);
            if (waited + Pause > options.OutageBudget)
                throw Refusal($"an answer within {options.OutageBudget.TotalSeconds} s (millrace.journal.outage-budget)", fault);
            if (waited >= nextTold && !(SqlFault.IsLocked(fault) && waited < LockMax))
            {
                nextTold = waited + TellEvery;
                SqlJournalLog.OpeningWaits(logger, job, Math.Ceiling((options.OutageBudget - waited).TotalSeconds), database.Name, SqlFault.Describe(fault));
            }

            await Task.Delay(Pause, options.Time, cancellation);
        }
    }

    private static async Task TryAsync(Func<CancellationToken, Task> step, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(AnswerMax);
        try
        {
            // Why on the pool: SQLite waits for a lock on the thread that calls it.
            await Task.Run(() => step(patience.Token), patience.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(message: null, late);
        }
    }

    private ConfigurationException Refusal(string expected, Exception fault) =>
#pragma warning disable MA0054 // Why without the cause: drivers' texts may repeat what is in the connection string.
        new($"Journal of job {job}: {expected} expected, {database.Name} {SqlFault.Describe(fault)}.");
#pragma warning restore MA0054
}
