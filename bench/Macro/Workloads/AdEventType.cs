namespace Millrace.Bench.Macro.Workloads;

/// <summary>What a user did with an ad.</summary>
internal enum AdEventType
{
    View,
    Click,
    Purchase,
}
