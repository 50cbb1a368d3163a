namespace Millrace.Runtime.Tests.Faults;

/// <summary>A step of a random pipeline.</summary>
internal enum FaultStage
{
    Map,
    Expand,
    ExchangedMap,
    RunningSum,
    UpdateState,
    ReduceByKey,
    GlobalReduce,
}
