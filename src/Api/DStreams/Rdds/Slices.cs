namespace Millrace.DStreams.Rdds;

/// <summary>Cuts a number of things into slices of nearly the same size.</summary>
internal static class Slices
{
    /// <summary>Where a slice starts, and the one before it ends: i × n ÷ p, as in Spark.</summary>
    public static int Start(int slice, int count, int slices) => (int)((long)slice * count / slices);

    /// <summary>Where parts of these sizes start when they lie one after the other, and where the last ends.</summary>
    public static long[] Starts(IReadOnlyList<long> sizes)
    {
        var starts = new long[sizes.Count + 1];
        for (var part = 0; part < sizes.Count; part++)
            starts[part + 1] = starts[part] + sizes[part];
        return starts;
    }
}
