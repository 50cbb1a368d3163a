using System.Collections.Immutable;
using System.Globalization;

namespace Millrace.Chaos.Histories;

/// <summary>A counter that only grows: what is read lies between the adds acknowledged before the read began and those begun before it ended.</summary>
public static class CounterChecker
{
    /// <summary>Every read that happened, in the order of their ends, with its bounds.</summary>
    public static ImmutableArray<CounterRead> Check(IReadOnlyList<ClientOperation> history)
    {
        ArgumentNullException.ThrowIfNull(history);
        var failed = Failed(history);
        var (lower, upper) = (0L, 0L);
        var lowerAtStart = new Dictionary<int, long>();
        var reads = ImmutableArray.CreateBuilder<CounterRead>();
        for (var index = 0; index < history.Count; index++)
        {
            var operation = history[index];
            switch (operation.Name, operation.Outcome)
            {
                case ("add", HistoryOutcome.Invoke) when !failed.Contains(index):
                    upper += Number(operation);
                    break;
                case ("add", HistoryOutcome.Ok):
                    lower += Number(operation);
                    break;
                case ("read", HistoryOutcome.Invoke):
                    lowerAtStart[operation.Process] = lower;
                    break;
                case ("read", HistoryOutcome.Ok):
                    reads.Add(new CounterRead(lowerAtStart[operation.Process], Number(operation), upper));
                    break;
            }
        }

        return reads.ToImmutable();
    }

    /// <summary>The beginnings of operations that ended without having happened.</summary>
    private static HashSet<int> Failed(IReadOnlyList<ClientOperation> history)
    {
        var open = new Dictionary<int, int>();
        var failed = new HashSet<int>();
        for (var index = 0; index < history.Count; index++)
        {
            if (history[index].Outcome == HistoryOutcome.Invoke)
                open[history[index].Process] = index;
            else if (history[index].Outcome == HistoryOutcome.Fail)
                failed.Add(open[history[index].Process]);
        }

        return failed;
    }

    private static long Number(ClientOperation operation) => long.Parse(operation.Value!, CultureInfo.InvariantCulture);
}
