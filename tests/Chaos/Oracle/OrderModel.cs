namespace Millrace.Chaos.Oracle;

/// <summary>What the victim's program has to give out, computed record by record and batch by batch in the plainest way.</summary>
internal sealed class OrderModel(BatchTimes times)
{
    private readonly SortedDictionary<int, Tally> _totals = [];
    private readonly SortedDictionary<int, OutputRow> _balances = [];
    private readonly Queue<Dictionary<int, Tally>> _window = [];
    private Dictionary<int, Tally> _orders = [];
    private Dictionary<int, Tally> _payments = [];

    public void AddOrder(InputRecord record) => Add(_orders, record);

    public void AddPayment(InputRecord record) => Add(_payments, record);

    /// <summary>Ends the batch that the records added since the last end are of.</summary>
    public BatchRows EndBatch(long batchMs)
    {
        foreach (var (key, tally) in _orders)
        {
            var total = _totals[key] = _totals.GetValueOrDefault(key) + tally;
            _balances[key] = new(batchMs, key, total.Count, total.Sum);
        }

        _window.Enqueue(_orders);
        if (_window.Count > times.WindowBatches)
            _window.Dequeue();
        var rows = new BatchRows(
            [.. _totals.Select(total => new OutputRow(batchMs, total.Key, total.Value.Count, total.Value.Sum))],
            times.EndsWindow(batchMs) ? Window(batchMs) : [],
            [
                .. from order in _orders
                   where _payments.ContainsKey(order.Key)
                   let payment = _payments[order.Key]
                   select new OutputRow(batchMs, order.Key, order.Value.Count, order.Value.Sum, payment.Count, payment.Sum),
            ]);
        (_orders, _payments) = ([], []);
        return rows;
    }

    /// <summary>The running total of every key, with the last batch that changed it.</summary>
    public Multiset<OutputRow> Balances => [.. _balances.Values];

    private Multiset<OutputRow> Window(long batchMs)
    {
        var window = new Dictionary<int, Tally>();
        foreach (var (key, tally) in _window.SelectMany(batch => batch))
            window[key] = window.GetValueOrDefault(key) + tally;
        return [.. window.Select(entry => new OutputRow(batchMs, entry.Key, entry.Value.Count, entry.Value.Sum))];
    }

    private static void Add(Dictionary<int, Tally> batch, InputRecord record) =>
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(batch, record.Key, out _) += new Tally(1, record.Value);
}
