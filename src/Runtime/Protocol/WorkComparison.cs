using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>What one process took for an epoch, beside what others would have taken in its place.</summary>
/// <remarks>
/// Only tasks of one stage are compared. What is expected is the median of the other processes, by task or by row, whichever is more: a task with more rows than
/// its siblings, as with a hot key, is slow by task and not by row; one with fewer is slow by row, where each epoch costs something whatever its rows, and not by task.
/// A slow process is slow by both.
/// </remarks>
internal static class WorkComparison
{
    /// <param name="process">The one in question.</param>
    /// <param name="shape">The job's tasks.</param>
    /// <param name="owners">By task.</param>
    /// <param name="work">By task.</param>
    /// <param name="isMeasure">Whether another process is a measure.</param>
    /// <returns>Microseconds, over the stages in which there is something to compare with; null: there are none.</returns>
    public static (double Worked, double Expected)? Of(
        ProcessUid process, JobShape shape, ImmutableArray<ProcessUid> owners, WorkDone[] work, Predicate<ProcessUid> isMeasure)
    {
        (double Worked, double Expected)? sum = null;
        var others = new Dictionary<ProcessUid, Share>();
        foreach (var stage in shape.Stages)
        {
            var own = default(Share);
            others.Clear();
            foreach (var task in stage)
            {
                if (owners[task] == process)
                    own = own.With(work[task]);
                else if (isMeasure(owners[task]))
                    others[owners[task]] = others.GetValueOrDefault(owners[task]).With(work[task]);
            }

            // Rows that only this process had have no measure.
            if (own.Tasks == 0 || others.Count == 0 || (own.Rows > 0 && others.Values.All(other => other.Rows == 0)))
                continue;
            var byTask = Median(others.Values.Select(other => (double)other.Microseconds / other.Tasks)) * own.Tasks;
            var byRow = Median(others.Values.Where(other => other.Rows > 0).Select(other => (double)other.Microseconds / other.Rows)) * own.Rows;
            var (worked, expected) = sum ?? default;
            sum = (worked + own.Microseconds, expected + Math.Max(byTask, byRow));
        }

        return sum;
    }

    /// <returns>The middle one, or between the two in the middle; 0 of none.</returns>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length == 0 ? 0 : (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private readonly record struct Share(long Microseconds, long Rows, int Tasks)
    {
        public Share With(WorkDone work) => new(Microseconds + work.Microseconds, Rows + work.Rows, Tasks + 1);
    }
}
