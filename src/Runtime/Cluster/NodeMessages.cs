using System.Collections.Immutable;
using Millrace.Client;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Cluster;

/// <summary>What the nodes of a cluster tell each other. Any of it may be lost: what matters is said again.</summary>
internal abstract record NodeMessage
{
    /// <summary>I am here, and take part in these jobs; said every 200 ms.</summary>
    /// <param name="Node">Who.</param>
    /// <param name="DataHost">Where it takes data connections.</param>
    /// <param name="DataPort">Where it takes data connections.</param>
    /// <param name="Submitted">What it knows of submitted jobs.</param>
    /// <param name="Jobs">Its parts.</param>
    internal sealed record Hello(NodeUid Node, string DataHost, int DataPort, SubmittedPart Submitted, ImmutableArray<JobPart> Jobs) : NodeMessage;

    /// <param name="Book">The number of the <see cref="JobBook"/> that the node goes by; -1 as long as it has none.</param>
    /// <param name="Programs">Its catalog, in order.</param>
    /// <param name="Trials">The submitted jobs that it runs, or could not start.</param>
    internal readonly record struct SubmittedPart(long Book, ImmutableArray<string> Programs, ImmutableArray<Trial> Trials);

    /// <param name="Submission">What the node starts, or runs.</param>
    /// <param name="Refusal">Why it could not start it, in one line; null: it did, or is about to.</param>
    internal readonly record struct Trial(SubmissionUid Submission, string? Refusal);

    /// <summary>What was submitted, to a node that knows less.</summary>
    internal sealed record Booked(JobBook Book) : NodeMessage;

    /// <param name="Job">The job's name.</param>
    /// <param name="Fingerprint">What the node builds the job of.</param>
    /// <param name="Process">Who runs its tasks there; none where it is not up.</param>
    /// <param name="State">The job's state, as the node sees it.</param>
    /// <param name="Committed">The last committed epoch that the node has heard of.</param>
    /// <param name="Incarnation">By which the node coordinates the job; 0 where it does not.</param>
    /// <param name="HearsCoordinator">Whether somebody coordinates the job, as far as the node hears.</param>
    /// <param name="Scale">What the job has been given while it ran, as text; empty for nothing.</param>
    internal readonly record struct JobPart(string Job, string Fingerprint, ProcessUid Process, JobState State, long Committed, long Incarnation, bool HearsCoordinator, string Scale);

    /// <summary>To whoever coordinates the job.</summary>
    internal sealed record ForCoordinator(string Job, ControlMessages.ToCoordinator Message) : NodeMessage;

    /// <summary>To one process of the job.</summary>
    internal sealed record ForProcess(string Job, ProcessUid Process, ControlMessages.ToProcess Message) : NodeMessage;

    /// <summary>A node is certainly gone; or is about to go, where it says so itself.</summary>
    internal sealed record NodeGone(NodeUid Node) : NodeMessage;

    /// <summary>A process takes no part in a job any more, of its own will.</summary>
    internal sealed record ProcessLeft(string Job, ProcessUid Process) : NodeMessage;

    /// <summary>A user wants the job to end.</summary>
    internal sealed record StopJob(string Job, bool IsGraceful) : NodeMessage;

    /// <summary>From a client, to a node that is to see to it: said again until it is answered.</summary>
    /// <param name="Id">What is said again has the same.</param>
    /// <param name="Job">Empty where it is about all of them.</param>
    /// <param name="What">What the client wants.</param>
    internal sealed record Request(RequestUid Id, string Job, JobRequest What) : NodeMessage;

    /// <summary>From the node that sees to a request, to all: whoever can answer it does.</summary>
    internal sealed record Carried(RequestUid Id, string Job, JobRequest What) : NodeMessage;

    /// <summary>What becomes of a request, to whom it came from.</summary>
    internal sealed record Answer(RequestUid Id, JobAnswer What) : NodeMessage;
}
