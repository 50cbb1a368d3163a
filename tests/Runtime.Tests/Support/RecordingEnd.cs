using Millrace.Data;
using Millrace.Runtime.Exchange;

namespace Millrace.Runtime.Tests.Support;

/// <summary>The end of a chain that keeps what was let go.</summary>
internal sealed class RecordingEnd<T> : ChainEnd<T>
{
    public List<T> Rows { get; } = [];

    protected override void Take(Batch<T> batch)
    {
        Rows.AddRange(batch.Rows);
        batch.Release();
    }
}
