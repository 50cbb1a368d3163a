using Millrace.Serialization;
using Millrace.State;
using Millrace.TestInputs;

namespace Millrace.Core.Tests.State;

/// <summary>Whatever stands where a table's changes should, they are read or corrupt, and cost memory for the rows that are there.</summary>
public sealed class StateDeltaFuzzTests
{
    private const int Cases = 2_500;
    private const int ManyRows = 200_000;

    private static readonly CodecCatalog Codecs = new();

    private readonly record struct Wide(Guid A, Guid B, Guid C, Guid D, Guid E, Guid F, Guid G, Guid H);

    [Fact]
    public void Values_by_text()
    {
        var table = ValueTable.Create<string, long?>("t");
        Fuzz(table, () => table.Put("a", 1), () => table.Put("b", null), () => table.Put("a", 3));
    }

    [Fact]
    public void Wide_values_by_number()
    {
        var table = ValueTable.Create<int, Wide?>("t");
        Fuzz(table, () => table.Put(1, null), () => table.Put(2, default(Wide)), () => table.Put(300, null));
    }

    [Fact]
    public void Lists_of_wide_items()
    {
        var table = new ListTable<(string?, int), Wide?>("t");
        Fuzz(table, () => table.Append((null, 1), null), () => table.Append((null, 1), default(Wide)), () => table.Append(("a", 2), null));
    }

    [Fact]
    public void Maps()
    {
        var table = new MapTable<string, string, List<int>?>("t");
        Fuzz(table, () => table.Put("a", "x", [1, 2]), () => table.Put("a", "y", null), () => table.Put("b", "x", []));
    }

    [Fact]
    public void A_number_of_rows_that_are_not_there_costs_no_memory_for_them()
    {
        var table = ValueTable.Create<int, Wide?>("t");
        using var writer = new CodecWriter();
        Codecs.Of<int>().Schema.WriteTo(writer);
        Codecs.Of<Wide?>().Schema.WriteTo(writer);
        writer.WriteVarint(ManyRows);

        // Why 2: the first row's flag is wrong, and enough bytes are there for all that are claimed.
        for (var i = 0; i < ManyRows; i++)
            writer.WriteSpan([2, 2, 2]);
        var bytes = writer.ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<CorruptPayloadException>(() => Read(table, bytes));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, (2 * bytes.Length) + DamagedBytes.SlackBytes);
    }

    private static void Fuzz(StateTable table, params Action[] changes)
    {
        table.BeginEpoch(1);
        foreach (var change in changes)
            change();
        using var writer = new CodecWriter();
        table.CaptureDelta(1)!.Write(writer, Codecs);
        table.RollBackTo(0);
        var schemas = 0;

        // Why more memory: the codec of another schema is made for it once.
        var corrupt = DamagedBytes.Read(
            writer.ToArray(),
            Cases,
            bytes =>
            {
                try
                {
                    Read(table, bytes);
                }
                catch (SchemaException)
                {
                    schemas++;
                }
            },
            slackBytes: 1 << 20);

        Assert.InRange(corrupt + schemas, Cases / 4, Cases);
    }

    private static void Read(StateTable table, byte[] bytes)
    {
        var reader = new CodecReader(bytes);
        table.Apply(table.ReadDelta(1, ref reader, Codecs));
        reader.ExpectEnd();
    }
}
