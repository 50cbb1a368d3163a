namespace Millrace.Client;

/// <summary>Builds and starts a job that was submitted to a cluster. Each node calls it, on a thread of the pool; all of them must build the same.</summary>
/// <param name="runner">Starts one job, which has the name that was submitted, whatever its options say; a <c>StreamingContext</c> takes it as its host.</param>
/// <param name="submission">What was submitted.</param>
/// <param name="cancellationToken">Cancelled when the job is not to be started any more; never once it is.</param>
/// <returns>Ends when the job has started, or has ended: a program may be written as a process's main function that waits for its job. What it throws before refuses the submission on this node, with its message.</returns>
/// <remarks>It is called again where a node starts again, and where the job has failed on this node alone.</remarks>
public delegate Task JobProgram(IJobRunner runner, JobSubmission submission, CancellationToken cancellationToken);
