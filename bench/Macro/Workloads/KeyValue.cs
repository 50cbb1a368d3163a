using System.Runtime.InteropServices;

namespace Millrace.Bench.Macro.Workloads;

/// <summary>One record of W5.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct KeyValue(long Key, long Value);
