using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <summary>Writes a batch as Spark does: a ruler, <c>Time: … ms</c>, a ruler, a row a line, <c>...</c> when there are more.</summary>
internal static class BatchPrinter
{
    private const string Ruler = "-------------------------------------------";

    public static void Print<T>(TextWriter writer, Rdd<T> rdd, Time time, int count)
    {
        // One more, to know whether there are more; a program that prints all of them asks for the highest number.
        var rows = rdd.Take(count < int.MaxValue ? count + 1 : count);
        writer.WriteLine(Ruler);
        writer.WriteLine($"Time: {time}");
        writer.WriteLine(Ruler);
        foreach (var row in rows.Take(count))
            writer.WriteLine(RowText.Spell(row));
        if (rows.Length > count)
            writer.WriteLine("...");
        writer.WriteLine();
        writer.Flush();
    }
}
