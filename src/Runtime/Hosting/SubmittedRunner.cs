using Millrace.Client;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.Jobs;

namespace Millrace.Runtime.Hosting;

/// <summary>The host as the program of one submitted job sees it: it starts one job, under the name that was submitted.</summary>
/// <param name="host">The host.</param>
/// <param name="start">Starts a job on it.</param>
/// <param name="job">The name.</param>
/// <param name="cancellation">The job is not to be started any more.</param>
internal sealed class SubmittedRunner(IJobRunner host, SubmittedRunner.StartJob start, string job, CancellationToken cancellation) : IJobRunner
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile JobHandle? _handle;
    private int _starts;

    /// <param name="graph">What to run.</param>
    /// <param name="options">How.</param>
    /// <param name="registered">Told the job before it runs.</param>
    /// <param name="cancellationToken">Ends the wait, and this node's part in the job.</param>
    internal delegate Task<IJob> StartJob(StreamGraph graph, JobOptions options, Action<JobHandle> registered, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public TimeProvider Clock => host.Clock;

    /// <inheritdoc/>
    public bool IsSpread => host.IsSpread;

    /// <inheritdoc/>
    public TimeSpan TaskTimeout => host.TaskTimeout;

    /// <summary>Ends when the job has started.</summary>
    public Task Started => _started.Task;

    /// <summary>The job; null before it is started.</summary>
    public JobHandle? Handle => _handle;

    /// <inheritdoc/>
    public JobGraph Plan(StreamGraph graph, JobOptions options) => host.Plan(graph, Named(options));

    /// <inheritdoc/>
    public SavepointReport CompareWithSavepoint(StreamGraph graph, JobOptions options) => host.CompareWithSavepoint(graph, Named(options));

    /// <inheritdoc/>
    public async Task<IJob> StartAsync(StreamGraph graph, JobOptions options, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _starts, 1) != 0)
            throw new GraphException($"Job {job}: a program that starts one job expected, another one found; submit each by itself.");
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, cancellationToken);
        var started = await start(graph, Named(options), handle => _handle = handle, either.Token).ConfigureAwait(false);
        _started.TrySetResult();
        return started;
    }

    private JobOptions Named(JobOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with { Name = job };
    }
}
