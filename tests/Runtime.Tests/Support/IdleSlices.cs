using Millrace.Data;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Tests.Support;

/// <summary>While switched on, the tasks of a host go on behind a batch in one of twenty time slices of a millisecond only.</summary>
internal sealed class IdleSlices : ITaskFaults
{
    private const int Slices = 20;

    private volatile bool _isOn;

    public bool IsOn
    {
        get => _isOn;
        set => _isOn = value;
    }

    public void AfterBatch(OperatorId @operator)
    {
        if (IsOn && (int)(Environment.TickCount64 % Slices) is > 0 and var gone)
            Thread.Sleep(Slices - gone);
    }

    public void AfterEpoch(OperatorId @operator)
    {
    }
}
