using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>The external system of one sink task: rows and watermark in one transaction.</summary>
internal sealed class SimSink(int task, SimChecker checker)
{
    public long Watermark { get; private set; }

    public List<long> Rows { get; } = [];

    public bool TryApply(SinkMessages.Apply apply)
    {
        if (apply.IsConditional && apply.Previous != Watermark)
        {
            return false;
        }

        checker.OnSinkApplied(task, apply.Epoch, Watermark, (long[])apply.Rows!);
        Rows.AddRange((long[])apply.Rows!);
        Watermark = apply.Epoch;
        return true;
    }
}
