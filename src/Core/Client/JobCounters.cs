using System.Globalization;

namespace Millrace.Client;

/// <summary>Running totals of a job.</summary>
/// <param name="Attempts">Recoveries: how often epochs in flight were taken back and run again.</param>
/// <param name="RecordsSkipped">Records left out by <see cref="Operators.ErrorPolicy.Skip"/>, in committed epochs.</param>
/// <param name="RecordsDeadLettered">Records that became dead letters, or came to wait behind one, in committed epochs since the job was started.</param>
/// <param name="RecordsDropped">Records that sources left out, or mended and gave out (<c>invalid UTF-8</c>), by reason.</param>
/// <param name="RecordsLost">Records that a process had received from a volatile source and not committed when it was killed, counted when their epochs commit without them.</param>
/// <param name="BatchesInFlightMax">Most batches that were on their way between tasks at any time.</param>
/// <param name="CreditBatches">
/// Sum of the credits of all channels: the bound of <paramref name="BatchesInFlightMax"/> as long as nothing fails. A recovery starts with full
/// credit beside what is still on its way and will be dropped, so the bound after failures is this times (<paramref name="Attempts"/> + 1).
/// </param>
public sealed record JobCounters(
    long Attempts,
    long RecordsSkipped,
    long RecordsDeadLettered,
    IReadOnlyDictionary<string, long> RecordsDropped,
    long RecordsLost,
    long BatchesInFlightMax,
    long CreditBatches)
{
    public override string ToString()
    {
        var dropped = RecordsDropped.Count == 0 ? "0" : string.Join(", ", RecordsDropped.Select(reason => $"{reason.Value} {reason.Key}"));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Attempts} recoveries, records: {RecordsSkipped} skipped, {RecordsDeadLettered} dead letters, {dropped} dropped or mended, {RecordsLost} lost, at most {BatchesInFlightMax} of {CreditBatches} batches in flight");
    }
}
