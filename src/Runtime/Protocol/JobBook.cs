using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>The jobs that were submitted to a cluster: what every node is to run, and what is not to be run any more.</summary>
/// <remarks>A state and no log: a later one has all that an earlier one had. Of ended jobs the last <c>256</c> are kept, so that a request which is repeated finds them.</remarks>
/// <param name="Number">One more with each change.</param>
/// <param name="Jobs">In the order of their submission. Of a name at most one is current.</param>
internal sealed record JobBook(long Number, ImmutableArray<SubmittedJob> Jobs)
{
    public const int CurrentMax = 128;
    public const int NameLengthMax = 200;
    public const int ArgumentsLengthMax = 16 * 1024;

    private const int EndedMax = 256;
    private const int ReasonLengthMax = 1000;

    /// <summary>Nothing was ever submitted.</summary>
    public static JobBook Empty { get; } = new(0, []);

    public SubmittedJob? Find(SubmissionUid uid) => Jobs.FirstOrDefault(job => job.Uid == uid);

    /// <summary>What every node is to run under a name.</summary>
    public SubmittedJob? Current(string job) => Jobs.FirstOrDefault(known => known.IsCurrent && known.Job == job);

    /// <summary>What can't be submitted whoever asks; null: it can.</summary>
    public string? Refuse(SubmittedJob job)
    {
        if (string.IsNullOrWhiteSpace(job.Job) || job.Job.Length > NameLengthMax)
            return $"Submission: a name of 1 to {NameLengthMax} characters expected of a job, one of {job.Job.Length} found.";
        if (job.Arguments.Sum(argument => (long)argument.Length) is > ArgumentsLengthMax and var length)
            return $"Submission of job {job.Job}: arguments of at most {ArgumentsLengthMax} characters in all expected, {length} found; put them in a file that all nodes read.";
        return Jobs.Count(known => known.IsCurrent) >= CurrentMax
            ? $"Submission of job {job.Job}: at most {CurrentMax} submitted jobs in a cluster expected, one more found; stop one."
            : null;
    }

    public JobBook Add(SubmittedJob job) => new(Number + 1, Jobs.Add(job));

    /// <summary>A job that is current is not to be run any more.</summary>
    public JobBook End(SubmissionUid uid, SubmittedJob.Ending end)
    {
        var reason = end.Reason is { Length: > ReasonLengthMax } longer ? longer[..ReasonLengthMax] + "…" : end.Reason;

        // Why without arguments, and last: they are of no use any more, and the latest to end are kept.
        var ended = Find(uid)! with { Arguments = [], End = end with { Reason = reason } };
        var others = Jobs.Where(job => job.Uid != uid).ToArray();
        var tooMany = others.Count(job => !job.IsCurrent) + 1 - EndedMax;
        return new(Number + 1, [.. others.Where(job => job.IsCurrent || tooMany-- <= 0), ended]);
    }
}
