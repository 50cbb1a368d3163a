using System.Globalization;

namespace Millrace.Chaos.Oracle;

/// <summary>Compares what the victim has written with what the input demands. Knows the input files, the tables and the files, and nothing of the product.</summary>
/// <remarks>
/// The table of ranges says where the victim has cut the input into batches. The oracle takes nothing else from it: the ranges must cover the
/// logs without a gap or an overlap, and count and checksum of each must be those of the log's own records. From the records of each batch it
/// computes anew what every table has to hold for that batch, to the row.
/// </remarks>
internal sealed class Judge(BatchTimes times, string ordersPath, string paymentsPath, string filesPath, SinkReader sinks, int slots = 0)
{
    private const int PaymentSource = 2;

    private readonly OrderModel _model = new(times);
    private readonly Multiset<FileLine> _lines = [];
    private readonly ProgressCheck _progress = new();
    private Difference _difference = Difference.None;

    /// <summary>Reads all and compares. The victim must have come to the end of the input and have ended.</summary>
    public Verdict Run()
    {
        using var orders0 = Cursor(ordersPath, 0, 0);
        using var orders1 = Cursor(ordersPath, 1, 1);
        using var payments = Cursor(paymentsPath, 0, PaymentSource);
        SourceCursor[] sources = [orders0, orders1, payments];
        CompareBatches(sources);
        Compare(SinkTable.Balances, _model.Balances, [.. sinks.Read(SinkTable.Balances)]);
        foreach (var source in sources)
            TakeRest(source);
        Add(Difference.Of("files", _lines, FileLine.ReadAll(filesPath)));
        return new Verdict(sources.Sum(source => source.Taken), _difference, [.. _progress.Violations]);
    }

    private void CompareBatches(SourceCursor[] sources)
    {
        var ranges = sinks.Read(SinkTable.Ranges).ToLookup(row => row.BatchMs);
        using var totals = new OrderedRows(sinks.Read(SinkTable.Totals));
        using var windows = new OrderedRows(sinks.Read(SinkTable.Windows));
        using var joined = new OrderedRows(sinks.Read(SinkTable.Joined));
        var last = Math.Max(ranges.Select(batch => batch.Key).DefaultIfEmpty().Max(), sinks.Read(SinkTable.Totals).Select(row => row.BatchMs).LastOrDefault());
        for (var batchMs = times.FirstMs; batchMs <= last; batchMs += times.IntervalMs)
        {
            CompareRanges(batchMs, [.. ranges[batchMs]], sources);
            var expected = _model.EndBatch(batchMs);
            Compare(SinkTable.Totals, expected.Totals, Followed(totals.TakeTo(batchMs)));
            Compare(SinkTable.Windows, expected.Windows, windows.TakeTo(batchMs));
            Compare(SinkTable.Joined, expected.Joined, joined.TakeTo(batchMs));
        }

        Compare(SinkTable.Totals, [], totals.TakeTo(long.MaxValue));
        Compare(SinkTable.Windows, [], windows.TakeTo(long.MaxValue));
        Compare(SinkTable.Joined, [], joined.TakeTo(long.MaxValue));
        Compare(SinkTable.Ranges, [], [.. ranges.Where(batch => batch.Key < times.FirstMs || (batch.Key - times.ZeroMs) % times.IntervalMs != 0).SelectMany(batch => batch)]);
    }

    private void CompareRanges(long batchMs, Multiset<OutputRow> found, SourceCursor[] sources)
    {
        var expected = new Multiset<OutputRow>();
        foreach (var source in found.GroupBy(row => row.Key).Where(group => group.Key >= 0 && group.Key < sources.Length))
        {
            if (sources[source.Key].Take(batchMs, source.Max(row => row.B), Add) is { } range)
                expected.Add(range);
        }

        Compare(SinkTable.Ranges, expected, found);
    }

    // What no batch has held is lost record by record.
    private void TakeRest(SourceCursor source)
    {
        if (source.Take(0, long.MaxValue, Sample) is { } rest)
            Add(new Difference(rest.C, 0, 0, [$"input: lost {rest.C} records of source {rest.Key} from {rest.A} on"]));
    }

    private void Add(InputRecord record)
    {
        Sample(record);
        if (record.Source == PaymentSource)
            _model.AddPayment(record);
        else
            _model.AddOrder(record);
    }

    private void Sample(InputRecord record)
    {
        if (record.Source != PaymentSource && record.IsSampled)
            _lines.Add(FileLine.Of(record, slots));
    }

    private Multiset<OutputRow> Followed(Multiset<OutputRow> totals)
    {
        foreach (var row in totals)
            _progress.Follow(string.Create(CultureInfo.InvariantCulture, $"running count of key {row.Key}"), row.A);
        return totals;
    }

    private void Compare(SinkTable table, Multiset<OutputRow> expected, Multiset<OutputRow> found) => Add(Difference.Of(table.Name, expected, found));

    private void Add(Difference difference) => _difference = _difference.Plus(difference);

    private static SourceCursor Cursor(string log, int partition, int source) =>
        new(source, InputLog.Read(Path.Combine(log, string.Create(CultureInfo.InvariantCulture, $"partition-{partition}"))));
}
