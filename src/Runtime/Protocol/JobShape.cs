using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>The tasks of a job by dense index, and what is connected with what.</summary>
internal sealed class JobShape
{
    private readonly int[] _component;

    public JobShape(ImmutableArray<TaskShape> tasks)
    {
        Tasks = tasks;
        Sources = [.. Enumerable.Range(0, tasks.Length).Where(t => tasks[t].IsSource)];
        Sinks = [.. Enumerable.Range(0, tasks.Length).Where(t => tasks[t].IsSink)];
        Together = [.. Enumerable.Range(0, tasks.Length).Where(t => tasks[t].IsTogether)];
        Stages = [.. Enumerable.Range(0, tasks.Length).GroupBy(t => tasks[t].Stage, (_, stage) => stage.ToImmutableArray())];
        _component = Components(tasks);
    }

    public ImmutableArray<TaskShape> Tasks { get; }

    public int Count => Tasks.Length;

    public ImmutableArray<int> Sources { get; }

    public ImmutableArray<int> Sinks { get; }

    /// <summary>The tasks that one process holds together.</summary>
    public ImmutableArray<int> Together { get; }

    /// <summary>The tasks of each stage.</summary>
    public ImmutableArray<ImmutableArray<int>> Stages { get; }

    /// <summary>
    /// Grows <paramref name="lost"/> to what must go back to the base with it: everything downstream, and, as no producer
    /// retains output, every producer that feeds a task so found, until nothing is added.
    /// </summary>
    public void Close(bool[] lost)
    {
        for (var task = 0; task < lost.Length; task++)
        {
            if (!lost[task])
            {
                continue;
            }

            for (var other = 0; other < lost.Length; other++)
            {
                lost[other] |= _component[other] == _component[task];
            }
        }
    }

    private static int[] Components(ImmutableArray<TaskShape> tasks)
    {
        var component = new int[tasks.Length];
        Array.Fill(component, -1);
        var open = new Stack<int>();
        for (var first = 0; first < tasks.Length; first++)
        {
            if (component[first] >= 0)
            {
                continue;
            }

            component[first] = first;
            open.Push(first);
            while (open.TryPop(out var task))
            {
                foreach (var neighbour in tasks[task].Inputs.AddRange(tasks[task].Downstream))
                {
                    if (component[neighbour] < 0)
                    {
                        component[neighbour] = first;
                        open.Push(neighbour);
                    }
                }
            }
        }

        return component;
    }
}
