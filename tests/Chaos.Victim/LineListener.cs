using System.Globalization;
using Millrace.DStreams;

namespace Millrace.Chaos.Victim;

/// <summary>Tells the launcher of every batch: <c>planned TIME RECORDS</c> and <c>committed TIME RECORDS</c>, times in milliseconds.</summary>
internal sealed class LineListener(TextWriter output) : StreamingListener
{
    public override void OnBatchSubmitted(BatchInfo batch) => Write("planned", batch);

    public override void OnBatchCompleted(BatchInfo batch) => Write("committed", batch);

    private void Write(string what, BatchInfo batch) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what} {batch.BatchTime.Milliseconds} {batch.NumRecords}"));
}
