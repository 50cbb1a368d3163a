namespace Millrace.Client;

/// <summary>Running totals of a job.</summary>
/// <param name="Attempts">Recoveries: how often epochs in flight were taken back and run again.</param>
/// <param name="RecordsSkipped">Records left out by <see cref="Operators.ErrorPolicy.Skip"/>, in committed epochs.</param>
/// <param name="RecordsDropped">Records that sources left out, by reason (too long, unreadable).</param>
/// <param name="BatchesInFlightMax">Most batches that were on their way between tasks at any time.</param>
/// <param name="CreditBatches">Sum of the credits of all channels: the bound of <paramref name="BatchesInFlightMax"/>.</param>
public sealed record JobCounters(
    long Attempts,
    long RecordsSkipped,
    IReadOnlyDictionary<string, long> RecordsDropped,
    long BatchesInFlightMax,
    long CreditBatches);
