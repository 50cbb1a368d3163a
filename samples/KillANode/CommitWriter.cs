using System.Globalization;
using Millrace.DStreams;

namespace Millrace.KillANode;

/// <summary>Says of each batch with numbers that it is committed: <c>committed TIME</c>, in milliseconds.</summary>
internal sealed class CommitWriter : StreamingListener
{
    public override void OnBatchCompleted(BatchInfo batch)
    {
        if (batch.NumRecords > 0)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"committed {batch.BatchTime.Milliseconds}"));
    }
}
