using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>Which orders of users stand in plans, and which of those are committed. Every process keeps one, so that whoever coordinates next knows what has been done.</summary>
internal sealed class OrderLog
{
    private const int CommittedMax = 4096;

    private readonly Dictionary<RequestUid, long> _planned = [];
    private readonly Dictionary<RequestUid, long> _committed = [];
    private readonly Queue<RequestUid> _oldest = [];
    private long _last;

    /// <summary>Whether the order stands in a plan that is not committed.</summary>
    public bool IsPlanned(RequestUid order) => _planned.ContainsKey(order);

    /// <summary>The epoch by which the order was carried out; null where it is not.</summary>
    public long? CommittedAt(RequestUid order) => _committed.TryGetValue(order, out var epoch) ? epoch : null;

    /// <summary>A plan is durable. May be told again, and later than its commit.</summary>
    public void OnPlanned(EpochPlan plan)
    {
        foreach (var order in plan.Orders)
        {
            if (LetterOrder.TryParse(order)?.Request is not { } id || _committed.ContainsKey(id))
                continue;
            if (plan.Epoch <= _last)
                Keep(id, plan.Epoch);
            else
                _planned[id] = plan.Epoch;
        }
    }

    /// <summary>An epoch is history, and all before it.</summary>
    /// <returns>The orders that are carried out by that.</returns>
    public IReadOnlyList<RequestUid> OnCommitted(long epoch)
    {
        if (epoch <= _last)
            return [];
        _last = epoch;
        if (_planned.Count == 0)
            return [];
        RequestUid[] done = [.. _planned.Where(order => order.Value <= epoch).Select(order => order.Key)];
        foreach (var order in done)
        {
            _planned.Remove(order, out var at);
            Keep(order, at);
        }

        return done;
    }

    private void Keep(RequestUid order, long epoch)
    {
        _committed[order] = epoch;
        _oldest.Enqueue(order);
        if (_oldest.Count > CommittedMax)
            _committed.Remove(_oldest.Dequeue());
    }
}
