using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Cluster;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Hosting;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Observability;
using Millrace.Runtime.State;
using Millrace.Runtime.Tasks;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace;

/// <summary>What the jobs of a cluster are asked from outside of their programs: from a process that is no node and runs no task, or from any node (<see cref="MillraceHost.Cluster"/>). Thread-safe.</summary>
/// <remarks>
/// <para>What is asked is carried to whoever can answer it, and again while nobody does: a coordinator that is lost meanwhile is made up for by the next one.
/// Each request has an id, so that it takes effect once.</para>
/// <para>Every method throws <see cref="ConfigurationException"/> when no seed answers for 10 s, and <see cref="InvalidOperationException"/>, in one line, when no node runs
/// the job, or it ends before the answer. A cancellation token ends the wait, not what was asked for.</para>
/// </remarks>
public sealed class ClusterClient : IAsyncDisposable
{
    private readonly AskJob _ask;
    private readonly ActorSystem? _system;
    private readonly NodeTls? _tls;
    private bool _isDisposed;

    /// <summary>Of a node.</summary>
    internal ClusterClient(ClusterNode node) => _ask = node.AskAsync;

    private ClusterClient(ActorSystem system, NodeTls? tls, IActorRef actor, string silence) =>
        (_system, _tls, _ask) = (system, tls, (id, job, request, cancellation) => AskAsync(actor, new(id, job, request), silence, cancellation));

    /// <summary>Makes a client of a cluster. It has found a seed that answers when this completes.</summary>
    /// <param name="configure">
    /// The configuration of a node (<c>millrace.cluster</c>): <c>name</c> and <c>seeds</c> are those of the cluster, <c>host</c> is an address of this machine that the seeds
    /// may answer to, <c>tls</c> holds a certificate, which a client needs as a node does. Ports and <c>enabled</c> are of no interest.
    /// </param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ConfigurationException">A key is unknown, a value is wrong, no seed is named, none answers within 10 s, or one refuses this client.</exception>
    public static async Task<ClusterClient> ConnectAsync(Action<MillraceHostOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        var options = new MillraceHostOptions();
        configure?.Invoke(options);
        var config = MillraceHost.SystemConfiguration(options);
        var cluster = ConfigurationLoader.Read(config).Cluster;
        if (!cluster.SeedList.Any())
            throw new ConfigurationException("millrace.cluster.seeds: the address of a node expected for a client, none found; set it to host:port of a node, or of several.");
        ClusterNode.CheckedAddress(cluster);
        var refusals = new RefusalLog(options.LoggerFactory.CreateLogger("Millrace"));
        var tls = cluster.Tls.IsEnabled ? new NodeTls(cluster.Tls) : null;
        ActorSystem? system = null;
        try
        {
            system = ActorSystem.Create(cluster.Name, ActorSystemSetup.Create(
            [
                BootstrapSetup.Create().WithConfig(OwnConfiguration(cluster).WithFallback(ClusterNode.SystemConfiguration(cluster, 0)).WithFallback(config)),
                new AkkaLog.To(options.LoggerFactory.CreateLogger("Millrace.Akka"), error => TransportError.Read(error) is not null),
                .. tls is null ? [] : new Setup[] { tls.Setup(refusals.Write) },
            ]));
            var silence = $"Cluster {cluster.Name}: a seed that answers expected within {ClientActor.SilenceMax.TotalSeconds:0} s, none of {cluster.Seeds} found; start one of them, or correct millrace.cluster.seeds (or millrace.cluster.name).";
            var client = new ClusterClient(system, tls, system.ActorOf(ClientActor.Props(cluster.SeedList, silence), "millrace-client"), silence);
            await client.MeetAsync(cluster, cancellationToken).ConfigureAwait(false);
            return client;
        }
        catch
        {
            if (system is not null)
                await system.Terminate().ConfigureAwait(false);
            tls?.Dispose();
            throw;
        }
    }

    /// <summary>The jobs that nodes run, and those that are submitted and not running, by name.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<IReadOnlyList<ClusterJob>> ListJobsAsync(CancellationToken cancellationToken = default) =>
        (await _ask(RequestUid.New(), "", new JobRequest.List(), cancellationToken).ConfigureAwait(false)).As<JobAnswer.Jobs>().All;

    /// <summary>Submits a job: every node runs it, and those that come later do. Completes when it runs, coordinated and with its tasks open.</summary>
    /// <param name="program">A program of the nodes' catalog (<see cref="MillraceHostOptions.WithProgram"/>).</param>
    /// <param name="job">The job's name, which no job of the cluster has: 1 to 200 characters.</param>
    /// <param name="arguments">For the program: at most 16,384 characters in all.</param>
    /// <param name="cancellationToken">Ends the wait, not what was submitted.</param>
    /// <exception cref="ConfigurationException">No node, or not every node, has the program in its catalog.</exception>
    /// <exception cref="InvalidOperationException">The name is taken; or the job failed at once, or its program started nothing on any node: then it is not submitted any more.</exception>
    /// <remarks>
    /// It is done once, whatever nodes are lost meanwhile. A job that is submitted is started again by every node that starts again, and by a whole cluster that does where
    /// it keeps what is submitted (<c>millrace.cluster.jobs-directory</c>), until it is stopped, has failed, or has come to the end of all its sources.
    /// </remarks>
    public Task SubmitAsync(string program, string job, IReadOnlyList<string>? arguments = null, CancellationToken cancellationToken = default) =>
        SubmitAsync(RequestUid.New(), program, job, arguments ?? [], cancellationToken);

    /// <summary>The same, as a request that may have been made before.</summary>
    internal async Task SubmitAsync(RequestUid id, string program, string job, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(program);
        ArgumentException.ThrowIfNullOrWhiteSpace(job);
        ArgumentNullException.ThrowIfNull(arguments);
        foreach (var argument in arguments)
            ArgumentNullException.ThrowIfNull(argument, nameof(arguments));
        (await _ask(id, job, new JobRequest.Submit(program, [.. arguments]), cancellationToken).ConfigureAwait(false)).As<JobAnswer.Done>();
    }

    /// <summary>Stops a job, as <see cref="IJob.StopAsync"/> does; one that was submitted is not started again. Completes when no node runs it any more, as long as that takes.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="graceful">Whether what is there is worked off first; else its tasks end at once.</param>
    /// <param name="cancellationToken">Ends the wait, not the stop.</param>
    /// <exception cref="InvalidOperationException">No node runs it.</exception>
    public async Task StopJobAsync(string job, bool graceful, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        (await _ask(RequestUid.New(), job, new JobRequest.Stop(graceful, WasRunning: false), cancellationToken).ConfigureAwait(false)).As<JobAnswer.Done>();
    }

    /// <summary>Writes a savepoint of a job, as <see cref="IJob.TakeSavepointAsync"/> does.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="path">The file, which the node writes that coordinates the job: name one in a directory that all nodes share. A relative path is meant from this process's directory.</param>
    /// <param name="cancellationToken">Ends the wait, not the savepoint.</param>
    /// <returns>The epoch that it holds.</returns>
    /// <exception cref="InvalidOperationException">No node runs it, or it ends before.</exception>
    /// <exception cref="ConfigurationException">The file is there, or can't be written.</exception>
    public Task<Epoch> TakeSavepointAsync(string job, string path, CancellationToken cancellationToken = default) => SaveAsync(job, path, stops: false, cancellationToken);

    /// <summary>Stops a job gracefully and writes a savepoint of its last epoch, as <see cref="IJob.StopWithSavepointAsync"/> does; complete when no node runs it any more.</summary>
    /// <inheritdoc cref="TakeSavepointAsync"/>
    public Task<Epoch> StopWithSavepointAsync(string job, string path, CancellationToken cancellationToken = default) => SaveAsync(job, path, stops: true, cancellationToken);

    /// <summary>Gives the operators of a job that name no number of partitions another one, as <see cref="IJob.RescaleAsync(int, CancellationToken)"/> does.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="parallelism">How many.</param>
    /// <param name="cancellationToken">Ends the wait, not the rescale.</param>
    /// <returns>The last committed epoch of when it went on with them.</returns>
    /// <exception cref="InvalidOperationException">No node runs it, or it ends, or is being rescaled.</exception>
    /// <exception cref="ConfigurationException">Its state can't be divided.</exception>
    public Task<Epoch> RescaleJobAsync(string job, int parallelism, CancellationToken cancellationToken = default) => RescaleAsync(job, null, parallelism, cancellationToken);

    /// <summary>The same for one operator, as <see cref="IJob.RescaleAsync(string, int, CancellationToken)"/> does.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="operator">The operator's id.</param>
    /// <param name="parallelism">How many.</param>
    /// <param name="cancellationToken">Ends the wait, not the rescale.</param>
    /// <inheritdoc cref="RescaleJobAsync(string, int, CancellationToken)"/>
    public Task<Epoch> RescaleJobAsync(string job, string @operator, int parallelism, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(@operator);
        return RescaleAsync(job, @operator, parallelism, cancellationToken);
    }

    /// <summary>The dead letters of a job. Keys and records come as text: their types are the program's.</summary>
    /// <param name="job">Its name.</param>
    public IDeadLetters DeadLettersOf(string job)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        return new SharedDeadLetters(_ask, job);
    }

    /// <summary>The tables that the operators of a job keep and that can be read, as <see cref="IJob.ListStateAsync"/> does.</summary>
    /// <param name="job">Its name.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<IReadOnlyList<StateTableInfo>> ListStateAsync(string job, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        return TablesOf(job).ListAsync("", "", cancellationToken);
    }

    /// <summary>The state of an operator of a job. Keys and values are text: their types are the program's, and the nodes that run it make the key of its text.</summary>
    /// <param name="job">The job's name.</param>
    /// <param name="operator">The operator's id, which is the name that it was given: see <see cref="ListStateAsync"/>.</param>
    /// <param name="table">Which of its tables. Default null: its only one.</param>
    /// <remarks>A key that has a text is a string, a number, a time, an enumeration, whatever else is <see cref="IParsable{TSelf}"/>, or a tuple of these, as <c>(a, 1)</c>; all in the invariant culture. Texts are cut at 4,000 characters.</remarks>
    public IStateTable<string, string> StateOf(string job, string @operator, string? table = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentException.ThrowIfNullOrEmpty(@operator);
        return new StateTable<string, string>(TablesOf(job), @operator, table ?? "", StateForm.Text, key => key, rows => ((StateRows.Texts)rows).All);
    }

    private StateTables TablesOf(string job) => new(async (query, cancellation) =>
        (await _ask(RequestUid.New(), job, new JobRequest.ReadState(0, query), cancellation).ConfigureAwait(false)).As<JobAnswer.State>().What);

    /// <summary>Ends this client; what it has asked for goes on. That of a node ends with its host.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_system is null)
            return;
        _isDisposed = true;
        await _system.Terminate().ConfigureAwait(false);
        _tls?.Dispose();
    }

    // Its port is any that is free, and never that of a node that has the same configuration.
    private static Config OwnConfiguration(ClusterOptions cluster) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka.actor.provider = remote
        akka.remote.dot-netty.tcp { hostname = "{{cluster.Host}}", port = 0, public-hostname = "", public-port = 0 }
        """));

    private async Task<JobAnswer> AskAsync(IActorRef actor, NodeMessage.Request request, string silence, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<JobAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var end = cancellation.Register(() => answer.TrySetCanceled(cancellation));
        actor.Tell(new NodeActor.Ask(request, answer), ActorRefs.NoSender);

        // Akka ends a system whose certificate is refused.
        await Task.WhenAny(answer.Task, _system!.WhenTerminated).ConfigureAwait(false);
        ObjectDisposedException.ThrowIf(!answer.Task.IsCompleted && _isDisposed, this);
        return answer.Task.IsCompleted ? await answer.Task.ConfigureAwait(false) : throw new ConfigurationException(silence);
    }

    private async Task MeetAsync(ClusterOptions cluster, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        ended.CancelAfter(ClientActor.SilenceMax + TimeSpan.FromSeconds(1));
        var met = ListJobsAsync(ended.Token);
        var refused = new SeedProbe(cluster.SeedList, _tls).FirstRefusalAsync(ended.Token);
        await Task.WhenAny(met, refused).ConfigureAwait(false);
        if (!met.IsCompletedSuccessfully && await refused.ConfigureAwait(false) is { } refusal)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            throw new ConfigurationException($"Cluster {cluster.Name}: {refusal}");
        }

        await met.ConfigureAwait(false);
        await ended.CancelAsync().ConfigureAwait(false);
    }

    private async Task<Epoch> RescaleAsync(string job, string? @operator, int parallelism, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        return new((await _ask(RequestUid.New(), job, new JobRequest.Rescale(@operator, parallelism), cancellationToken).ConfigureAwait(false)).As<JobAnswer.Done>().Epoch);
    }

    private async Task<Epoch> SaveAsync(string job, string path, bool stops, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        ArgumentException.ThrowIfNullOrEmpty(path);
        var since = (await ListJobsAsync(cancellationToken).ConfigureAwait(false)).FirstOrDefault(known => known.Name == job)?.Committed.Number ?? 0;
        var request = new JobRequest.Save(Path.GetFullPath(path), stops, since, IsRepeated: false);
        var saved = (await _ask(RequestUid.New(), job, request, cancellationToken).ConfigureAwait(false)).As<JobAnswer.Done>();
        if (stops)
            await _ask(RequestUid.New(), job, new JobRequest.Stop(IsGraceful: true, WasRunning: true), cancellationToken).ConfigureAwait(false);
        return new Epoch(saved.Epoch);
    }
}
