using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>The external system of one sink task: rows and watermark in one transaction; or rows by epoch, and no watermark.</summary>
internal sealed class SimSink(int task, SimChecker checker, bool isForgetful)
{
    public long Watermark { get; private set; }

    public List<long> Rows { get; } = [];

    public bool TryApply(SinkMessages.Apply apply)
    {
        if (isForgetful && apply.Epoch <= Watermark)
        {
            checker.OnSinkRepeated(task, apply.Epoch, (long[])apply.Rows!);
            return true;
        }

        if (apply.IsConditional && !isForgetful && apply.Previous != Watermark)
        {
            return false;
        }

        checker.OnSinkApplied(task, apply.Epoch, Watermark, (long[])apply.Rows!);
        Rows.AddRange((long[])apply.Rows!);
        Watermark = apply.Epoch;
        return true;
    }
}
