using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>One recovery, complete in itself: whoever missed earlier attempts needs only the latest.</summary>
/// <param name="Number">Rises by one, over all incarnations.</param>
/// <param name="Base">The last committed epoch before this row; tasks that go back go back to it.</param>
/// <param name="Generation">By task: the last attempt that sent the task back to its base.</param>
/// <param name="Owner">By task: the process that holds it.</param>
/// <param name="Since">By task: the attempt from which that process has held it without a break; an older copy is void.</param>
/// <param name="Dead">Processes that this attempt removed.</param>
/// <param name="Lost">The tasks that caused it, and those that joined because no output is retained.</param>
/// <param name="Failures">Failures of tasks in a row without a commit in between, this one included.</param>
internal sealed record AttemptPlan(
    int Number,
    long Base,
    ImmutableArray<int> Generation,
    ImmutableArray<ProcessUid> Owner,
    ImmutableArray<int> Since,
    ImmutableArray<ProcessUid> Dead,
    ImmutableArray<int> Lost,
    int Failures);
