using System.Diagnostics;
using System.Runtime;
using System.Runtime.InteropServices;

namespace Millrace.Bench.Macro.Measuring;

/// <summary>What a figure depends on besides the program.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var memoryGiB = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        var collector = (GCSettings.IsServerGC ? "server" : "workstation")
            + (GCSettings.LatencyMode == GCLatencyMode.Batch ? "" : " concurrent");
        return $"{CpuModel()}, {Environment.ProcessorCount} cores, {memoryGiB:0} GiB, {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.FrameworkDescription}, {collector} GC, {DateTime.UtcNow:yyyy-MM-dd}";
    }

    /// <summary>Highest resident set of this process so far.</summary>
    public static long PeakRssBytes()
    {
        if (ProcField("/proc/self/status", "VmHWM") is { } field) return long.Parse(field.Split(' ')[0]) * 1024;

        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    private static string CpuModel() =>
        ProcField("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString();

    private static string? ProcField(string path, string name) =>
        !File.Exists(path)
            ? null
            : File.ReadLines(path).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}
