using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>Asks whoever can answer, as often as it takes.</summary>
/// <param name="id">By which what is asked again is known.</param>
/// <param name="job">The job's name; empty where it is about all of them.</param>
/// <param name="request">What is asked.</param>
/// <param name="cancellationToken">Ends the wait, not what was asked for.</param>
internal delegate Task<JobAnswer> AskJob(RequestUid id, string job, JobRequest request, CancellationToken cancellationToken);
