using System.Globalization;
using Millrace.Client;
using Millrace.Connectors.Files;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Sql;
using Millrace.DStreams;
using Millrace.Operators.Keyed;
using BatchTime = Millrace.DStreams.Time;

namespace Millrace.Chaos.Victim;

/// <summary>The program that is killed: two logs, running totals by two operators, windows with an inverse, a join; five tables and a directory of files.</summary>
/// <remarks>
/// Rows bear the time of their batch. The table of ranges says which records a batch held: with it, whoever reads the logs can compute every
/// other table anew.
/// </remarks>
internal static class OrderProgram
{
    private const int SlotBytes = 512;

    public static StreamingContext Create(IJobRunner host, VictimOptions options)
    {
        var context = new StreamingContext(host, options.Interval, new JobOptions { Name = "chaos", ZeroTime = options.ZeroTime });
        var orders = context.SourceStream("orders", new LogSource<Order>(Path.Combine(options.Root, "orders"), Order.Read));
        var payments = context.SourceStream("payments", new LogSource<Order>(Path.Combine(options.Root, "payments"), Order.Read));
        var orderTallies = orders.Map(Tally);
        var ordersByKey = orderTallies.ReduceByKey(Add);

        SaveRanges(orders.Union(payments), options);
        var totals = ordersByKey.UpdateStateByKey<int, (long Count, long Sum), (long BatchMs, long Count, long Sum)>(Total);
        totals.Map(row => (row.State.BatchMs, row.Key, row.State.Count, row.State.Sum)).SaveTo(TallySink("totals", options), "totals");
        orderTallies.MapWithState(StateSpec.Function<int, (long Count, long Sum), (long BatchMs, long Count, long Sum), bool>(Balance)).StateSnapshots()
            .Map(row => (row.State.BatchMs, row.Key, row.State.Count, row.State.Sum)).SaveTo(TallySink("balances", options, SqlWriteMode.Upsert), "balances");
        WithTime(orderTallies.ReduceByKeyAndWindow(Add, Subtract, options.Interval * options.WindowBatches, options.Interval * options.SlideBatches, filter: (_, tally) => tally.Count > 0))
            .Map(row => (row.BatchMs, row.Key, row.Value.Count, row.Value.Sum)).SaveTo(TallySink("windows", options), "windows");
        SaveJoined(ordersByKey.Join(payments.Map(Tally).ReduceByKey(Add)), options);
        WithFirst(orders, options.Slots).Filter(pair => pair.Order.IsSampled)
            .Map(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Order.Source},{pair.Order.Sequence},{pair.Order.Key},{pair.Order.Value},{pair.First}"))
            .SaveTo(new FileSink<string>(Path.Combine(options.Root, "lines"), FileSinkFormat.Lines), "lines");
        return context;
    }

    // Every record finds the number of the first one in its slot: its own modulo the slots, unless the state was lost in between.
    private static DStream<(Order Order, long First)> WithFirst(DStream<Order> orders, int slots) => slots == 0
        ? orders.Map(order => (order, order.Sequence))
        : orders.Map(order => (Key: (order.Source, order.Sequence % slots), order)).MapWithState(
            StateSpec.Function<(int, long), Order, (long First, byte[] Ballast), (Order Order, long First)>((_, _, order, state) =>
            {
                if (!state.Exists)
                    state.Update((order.Value.Sequence, new byte[SlotBytes]));
                return new((order.Value, state.Get().First));
            }));

    private static void SaveRanges(DStream<Order> records, VictimOptions options)
    {
        var ranges = records.Map(record => (Key: record.Source, Value: (First: record.Sequence, Last: record.Sequence, Count: 1L, record.Checksum)))
            .ReduceByKey((left, right) => (Math.Min(left.First, right.First), Math.Max(left.Last, right.Last), left.Count + right.Count, unchecked(left.Checksum + right.Checksum)));
        WithTime(ranges).Map(row => (row.BatchMs, row.Key, row.Value.First, row.Value.Last, row.Value.Count, row.Value.Checksum)).SaveTo(
            new SqlTableSink<(long BatchMs, int Source, long First, long Last, long Count, long Checksum)>(options.Database, new()
            {
                Name = "ranges",
                Columns =
                [
                    new("batch_ms", SqlType.Integer, row => row.BatchMs), new("source", SqlType.Integer, row => (long)row.Source),
                    new("first", SqlType.Integer, row => row.First), new("last", SqlType.Integer, row => row.Last),
                    new("count", SqlType.Integer, row => row.Count), new("checksum", SqlType.Integer, row => row.Checksum),
                ],
                CreateIfMissing = true,
            }),
            "ranges");
    }

    private static void SaveJoined(DStream<(int Key, ((long Count, long Sum) Left, (long Count, long Sum) Right) Value)> joined, VictimOptions options) =>
        WithTime(joined).Map(row => (row.BatchMs, row.Key, row.Value.Left.Count, row.Value.Left.Sum, row.Value.Right.Count, row.Value.Right.Sum)).SaveTo(
            new SqlTableSink<(long BatchMs, int Key, long OrderCount, long OrderSum, long PaymentCount, long PaymentSum)>(options.Database, new()
            {
                Name = "joined",
                Columns =
                [
                    new("batch_ms", SqlType.Integer, row => row.BatchMs), new("key", SqlType.Integer, row => (long)row.Key),
                    new("order_count", SqlType.Integer, row => row.OrderCount), new("order_sum", SqlType.Integer, row => row.OrderSum),
                    new("payment_count", SqlType.Integer, row => row.PaymentCount), new("payment_sum", SqlType.Integer, row => row.PaymentSum),
                ],
                CreateIfMissing = true,
            }),
            "joined");

    private static SqlTableSink<(long BatchMs, int Key, long Count, long Sum)> TallySink(string table, VictimOptions options, SqlWriteMode mode = SqlWriteMode.Append) =>
        new(options.Database, new()
        {
            Name = table,
            Mode = mode,
            Columns =
            [
                new("batch_ms", SqlType.Integer, row => row.BatchMs), new("key", SqlType.Integer, row => (long)row.Key, IsKey: mode == SqlWriteMode.Upsert),
                new("count", SqlType.Integer, row => row.Count), new("sum", SqlType.Integer, row => row.Sum),
            ],
            CreateIfMissing = true,
        });

    // A state is never set: the function is used because it is told the batch's time.
    private static DStream<(long BatchMs, int Key, T Value)> WithTime<T>(DStream<(int Key, T Value)> stream) => stream.MapWithState(
        StateSpec.Function<int, T, bool, (long BatchMs, int Key, T Value)>((time, key, value, _) => new((time.Milliseconds, key, value.Value))));

    private static (int Key, (long Count, long Sum) Value) Tally(Order order) => (order.Key, (1, order.Value));

    private static (long Count, long Sum) Add((long Count, long Sum) left, (long Count, long Sum) right) => (left.Count + right.Count, unchecked(left.Sum + right.Sum));

    private static (long Count, long Sum) Subtract((long Count, long Sum) left, (long Count, long Sum) right) => (left.Count - right.Count, unchecked(left.Sum - right.Sum));

    private static Data.Option<(long BatchMs, long Count, long Sum)> Total(
        BatchTime time, int key, IReadOnlyList<(long Count, long Sum)> values, Data.Option<(long BatchMs, long Count, long Sum)> state)
    {
        var total = state.HasValue ? (state.Value.Count, state.Value.Sum) : (Count: 0L, Sum: 0L);
        foreach (var value in values)
            total = Add(total, value);
        return new((time.Milliseconds, total.Count, total.Sum));
    }

    private static Data.Option<bool> Balance(BatchTime time, int key, Data.Option<(long Count, long Sum)> value, State<(long BatchMs, long Count, long Sum)> state)
    {
        var total = state.Exists ? (state.Get().Count, state.Get().Sum) : (Count: 0L, Sum: 0L);
        total = Add(total, value.Value);
        state.Update((time.Milliseconds, total.Count, total.Sum));
        return default;
    }
}
