using System.Diagnostics;
using System.Globalization;

namespace Millrace.KillANode;

/// <summary>Makes a story of what the nodes say: lost, detected, fenced, restored, caught up, with the time of each since the kill. Thread-safe.</summary>
internal sealed class Story(int nodes)
{
    private readonly Lock _lock = new();
    private readonly HashSet<int> _up = [];
    private readonly HashSet<int> _restored = [];
    private readonly List<string> _lines = [];
    private readonly HashSet<string> _told = [];
    private readonly TaskCompletionSource _allUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _caughtUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _killedAt;
    private long _killedMs;

    /// <summary>Every node takes part in the job.</summary>
    public Task AllUp => _allUp.Task;

    /// <summary>A number that was written after the kill has come out.</summary>
    public Task CaughtUp => _caughtUp.Task;

    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The story begins.</summary>
    public void Kill(NodeProcess node, long numbers)
    {
        lock (_lock)
        {
            (_killedAt, _killedMs) = (Stopwatch.GetTimestamp(), TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            node.Kill();
            Tell("lost", string.Create(CultureInfo.InvariantCulture, $"node {node.Number}, process {node.ProcessId}, is killed after {numbers:N0} numbers"));
        }
    }

    /// <summary>Takes a line of a node.</summary>
    public void Take(int node, string line)
    {
        lock (_lock)
        {
            if (line.Contains(" started: ", StringComparison.Ordinal) && _up.Add(node) && _up.Count == nodes)
                _allUp.TrySetResult();
            if (_killedAt == 0)
                return;
            if (line.Contains(" is gone: ", StringComparison.Ordinal))
                Tell("detected", $"by node {node}: the connection is closed, and nobody listens at its address any more");
            else if (line.Contains(" recovers, attempt ", StringComparison.Ordinal))
                Tell("fenced", "the journal holds a new attempt: nothing that the dead process may still have on its way counts");
            else if (line.Contains(" are ready, ", StringComparison.Ordinal) && _restored.Add(node) && _restored.Count == nodes - 1)
                Tell("restored", $"its tasks run on the other {nodes - 1} nodes, with the state of the last commit");
            else if (line.Split(' ') is ["committed", var time] && long.Parse(time, CultureInfo.InvariantCulture) > _killedMs)
                Tell("caught up", "a number written after the kill has come out");
            if (_told.Contains("caught up"))
                _caughtUp.TrySetResult();
        }
    }

    private void Tell(string what, string how)
    {
        if (_told.Add(what))
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_killedAt).TotalMilliseconds,7:F0} ms  {what,-10} {how}"));
    }
}
