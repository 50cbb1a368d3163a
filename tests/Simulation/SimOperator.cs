using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>The operators of the simulated job: keyed counts whose output and routing depend on the order of arrival.</summary>
internal static class SimOperator
{
    public const int Cells = 9;
    public const int Keys = 7;
    private const int OrderCell = 7;
    private const int SumCell = 8;

    /// <summary>The record at an offset of a source: its origin in the low 20 bits.</summary>
    public static long Record(int source, long offset) => ((long)source << 16) | offset;

    public static int KeyOf(long value) => (int)(SimRandom.Mix((ulong)(value & 0xFFFFF)) % Keys);

    public static int RouteSource(long record, int consumers) => KeyOf(record) % consumers;

    /// <summary>Adds one item to the state; what leaves carries origin, the key's count and an order-dependent tag.</summary>
    /// <param name="touch">Called before a cell changes.</param>
    public static long Process(long[] cells, long item, Action<int>? touch, out ulong route)
    {
        var key = KeyOf(item);
        touch?.Invoke(key);
        touch?.Invoke(OrderCell);
        cells[key]++;
        cells[OrderCell] = (cells[OrderCell] * 31) + item;
        if ((cells[OrderCell] & 3) == 0)
        {
            touch?.Invoke(SumCell);
            cells[SumCell] += item;
        }

        route = (ulong)cells[OrderCell] >> 5;
        return (item & 0xFFFFF) | ((cells[key] & 0xFFF) << 20) | ((cells[OrderCell] & 0xFF) << 32);
    }

    public static ulong Hash(ulong hash, long value) => SimRandom.Mix((hash * 31) + (ulong)value + 1);

    public static JobShape Shape(SimOptions options)
    {
        var tasks = new List<TaskShape>();
        AddPipeline(tasks, options.Sources, options.Stage1, options.Stage2, options.HasVolatileSources, options.HasSinksTogether);
        if (options.HasSecondPipeline)
        {
            AddPipeline(tasks, 1, 0, 1, areVolatile: false, options.HasSinksTogether);
        }

        return new JobShape([.. tasks]);
    }

    private static void AddPipeline(List<TaskShape> tasks, int sources, int stage1, int stage2, bool areVolatile, bool areTogether)
    {
        var first = tasks.Count;
        int[] source = [.. Enumerable.Range(first, sources)];
        int[] middle = [.. Enumerable.Range(first + sources, stage1)];
        int[] last = [.. Enumerable.Range(first + sources + stage1, stage2)];
        var beforeLast = stage1 > 0 ? middle : source;
        foreach (var _ in source)
        {
            tasks.Add(new TaskShape(true, false, [], [.. stage1 > 0 ? middle : last], areVolatile, Stage: first));
        }

        foreach (var _ in middle)
        {
            tasks.Add(new TaskShape(false, false, [.. source], [.. last], Stage: first + 1));
        }

        foreach (var _ in last)
        {
            tasks.Add(new TaskShape(false, true, [.. beforeLast], [], IsTogether: areTogether, Stage: first + 2));
        }
    }
}
