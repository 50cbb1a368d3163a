using System.Collections.Immutable;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Jobs;

/// <summary>What a user asks of a job, or of all of them. Asked again until it is answered, under the same id: it takes effect once.</summary>
internal abstract record JobRequest
{
    /// <summary>Which jobs are there?</summary>
    internal sealed record List : JobRequest;

    /// <summary>End the job; answered when no node runs it any more.</summary>
    /// <param name="IsGraceful">What there is is worked off first.</param>
    /// <param name="WasRunning">It was seen running since this was asked first: that it is not now is what was asked for.</param>
    internal sealed record Stop(bool IsGraceful, bool WasRunning) : JobRequest;

    /// <summary>Tasks are to carry this out in the next epoch; answered when that is committed.</summary>
    /// <param name="Text">A <see cref="Tasks.LetterOrder"/> with the request's id.</param>
    internal sealed record Order(string Text) : JobRequest;

    /// <summary>Write a savepoint, where the job is coordinated.</summary>
    /// <param name="Path">A file that is not there.</param>
    /// <param name="Stops">Stop the job gracefully: the savepoint is that of its last epoch.</param>
    /// <param name="Since">An epoch that was committed when it was asked for first.</param>
    /// <param name="IsRepeated">It was asked before: a file with a later epoch may be the answer of a coordinator that could not tell.</param>
    internal sealed record Save(string Path, bool Stops, long Since, bool IsRepeated) : JobRequest;

    /// <summary>Give operators other numbers of partitions; answered when the job goes on with them.</summary>
    /// <param name="Operator">The operator's id; null for all that follow the job's default.</param>
    /// <param name="Parallelism">How many.</param>
    internal sealed record Rescale(string? Operator, int Parallelism) : JobRequest;

    /// <summary>Every node is to run the job, also those that come later; answered when it runs. The request's id is the submission's.</summary>
    /// <param name="Program">In the catalog of every node.</param>
    /// <param name="Arguments">For the program.</param>
    internal sealed record Submit(string Program, ImmutableArray<string> Arguments) : JobRequest;

    /// <summary>A submitted job is not to be run any more. Not answered: whoever asks sees it in the <see cref="JobBook"/>.</summary>
    /// <param name="Submission">Which.</param>
    /// <param name="End">How it ended, or is to end.</param>
    internal sealed record Withdraw(SubmissionUid Submission, SubmittedJob.Ending End) : JobRequest;

    /// <summary>Which dead letters are there?</summary>
    /// <param name="Since">This epoch is to be committed everywhere.</param>
    /// <param name="After">Behind which letter to go on.</param>
    internal sealed record ReadLetters(long Since, LetterPlace After) : JobRequest;

    /// <summary>What do the tables of operators hold?</summary>
    /// <param name="Since">This epoch is to be committed everywhere.</param>
    /// <param name="Query">What is asked.</param>
    internal sealed record ReadState(long Since, StateQuery Query) : JobRequest;
}
