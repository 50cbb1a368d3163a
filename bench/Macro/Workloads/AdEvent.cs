using System.Runtime.InteropServices;

namespace Millrace.Bench.Macro.Workloads;

/// <summary>One record of W4, 24 bytes.</summary>
/// <param name="TimeMs">Event time, from the start of the pool.</param>
/// <param name="UserId">Who.</param>
/// <param name="Campaign">Number of the ad's campaign.</param>
/// <param name="Type">What.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct AdEvent(long TimeMs, long UserId, int Campaign, AdEventType Type);
