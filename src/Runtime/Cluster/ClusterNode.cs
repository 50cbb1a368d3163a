using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Microsoft.Extensions.Logging;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;
using Millrace.Runtime.Wire;
using AkkaCluster = Akka.Cluster.Cluster;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Cluster;

/// <summary>This process as a node of a cluster: its data connections, its actor, its membership. Made before the host's actor system, since that needs its configuration.</summary>
internal sealed class ClusterNode : IDisposable
{
    private const int FingerprintChars = 16;
    private const int BindTriesMax = 20;

    private static readonly TimeSpan JoinMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettleMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaveMax = TimeSpan.FromMilliseconds(200);

    private readonly ClusterOptions _options;
    private readonly ILogger _logger;
    private readonly ImmutableArray<string> _programs;
    private readonly NodeUid _uid = NodeUid.New();
    private readonly IPAddress _address;
    private readonly DataPlane _plane;
    private readonly NodeTls? _tls;
    private readonly RefusalLog _refusals;

    // Whether whoever sends rows is on this machine, or has shown that it is a node.
    private readonly bool _isTrusted;
    private IActorRef _actor = ActorRefs.Nobody;
    private Task _ended = Task.CompletedTask;

    /// <param name="options">The cluster.</param>
    /// <param name="programs">The names of the catalog.</param>
    /// <param name="logger">Told who comes and goes.</param>
    /// <exception cref="ConfigurationException">An address or a certificate can't be used.</exception>
    public ClusterNode(ClusterOptions options, IEnumerable<string> programs, ILogger logger)
    {
        (_options, _programs, _logger, _refusals) = (options, [.. programs.Order(StringComparer.Ordinal)], logger, new RefusalLog(logger));
        _address = CheckedAddress(options);
        _tls = options.Tls.IsEnabled ? new NodeTls(options.Tls) : null;
        _isTrusted = _tls is not null || IPAddress.IsLoopback(_address);
        try
        {
            _plane = new DataPlane(_uid, options.Name, new IPEndPoint(_address, options.DataPort), _tls, _refusals);
        }
        catch
        {
            _tls?.Dispose();
            throw;
        }

        if (_tls?.OpenKeyFile is { } file)
            ClusterLog.KeyIsOpen(logger, file);
    }

    /// <summary>What the actor system that is a node needs beside its configuration.</summary>
    public IEnumerable<Setup> SystemSetups => _tls is null ? [] : [_tls.Setup(_refusals.Write)];

    /// <summary>Where other nodes join, as <c>host:port</c>; known when it has joined itself.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Says of a connection that Akka.Remote did not take what a person needs to know.</summary>
    /// <returns>Whether the error was one.</returns>
    public bool TakesError(Error error)
    {
        if (TransportError.Read(error) is not { } found)
            return false;
        if (found.IsVague)
            _refusals.WriteVague(found.From, found.Reason);
        else
            _refusals.Write(found.From, found.Reason);
        return true;
    }

    /// <summary>Makes an actor system that is a node.</summary>
    /// <param name="create">Makes one of its configuration.</param>
    /// <exception cref="ConfigurationException">No port is free.</exception>
    public ActorSystem CreateSystem(Func<Config, ActorSystem> create)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return create(SystemConfiguration(_options, FreePort()));
            }
            catch (Exception cause) when (tries < BindTriesMax && IsInUse(cause))
            {
                // Another node, started along with this one, was faster.
            }
        }
    }

    private static bool IsInUse(Exception cause) => cause switch
    {
        SocketException socket => socket.SocketErrorCode == SocketError.AddressAlreadyInUse,
        AggregateException several => several.InnerExceptions.Any(IsInUse),
        _ => cause.InnerException is { } inner && IsInUse(inner),
    };

    internal static Config SystemConfiguration(ClusterOptions options, int port) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka {
          # What a node has to say of others it says itself.
          loglevel = ERROR
          actor {
            provider = cluster
            # Threads of their own for whatever says that this node lives: those of the pool may all be waiting for a disk.
            default-dispatcher {
              executor = fork-join-executor
              dedicated-thread-pool { thread-count = 3, threadtype = background }
            }
            internal-dispatcher {
              executor = fork-join-executor
              dedicated-thread-pool { thread-count = 2, threadtype = background }
            }
            serializers.millrace-node = "Millrace.Runtime.Cluster.NodeSerializer, Millrace.Runtime"
            serialization-bindings."Millrace.Runtime.Cluster.NodeMessage, Millrace.Runtime" = millrace-node
            serialization-settings.allow-unregistered-types = false
          }
          remote {
            default-remote-dispatcher {
              executor = fork-join-executor
              dedicated-thread-pool { thread-count = 2, threadtype = background }
            }
            dot-netty.tcp {
              # Two nodes on one port would each get some of the connections.
              tcp-reuse-addr = off
              enable-ssl = {{(options.Tls.IsEnabled ? "on" : "off")}}
              hostname = "{{options.Host}}"
              port = {{port}}
              public-hostname = "{{PublicHost(options)}}"
              public-port = {{options.PublicPort}}
              maximum-frame-size = 8 MiB
              send-buffer-size = 8 MiB
              receive-buffer-size = 8 MiB
            }
            retry-gate-closed-for = 300 ms
            log-remote-lifecycle-events = off
          }
          cluster {
            roles = [{{string.Join(", ", RoleNames(options.Roles))}}]
            # The holder of the lease decides who is out; see NodeActor.
            downing-provider-class = ""
            log-info = off
            gossip-interval = 250 ms
            leader-actions-interval = 250 ms
            unreachable-nodes-reaper-interval = 100 ms
            run-coordinated-shutdown-when-down = off
            failure-detector {
              heartbeat-interval = 250 ms
              acceptable-heartbeat-pause = 1 s
              threshold = 8
            }
          }
        }
        """));

    /// <summary>Joins the cluster.</summary>
    /// <exception cref="ConfigurationException">No seed answers in time, or one answers that this node does not belong to; one line.</exception>
    public async Task StartAsync(ActorSystem system, CancellationToken cancellation)
    {
        var cluster = AkkaCluster.Get(system);
        Address = string.Create(CultureInfo.InvariantCulture, $"{cluster.SelfAddress.Host}:{cluster.SelfAddress.Port}");
        _actor = system.ActorOf(NodeActor.Props(_uid, (PublicHost(_options), _options.PublicDataPort == 0 ? _plane.Port : _options.PublicDataPort), _plane, (long)_options.Lease.TotalMilliseconds, _options.Roles, _programs, _logger), NodeActor.Name);
        _ended = system.WhenTerminated;
        _plane.Start();
        var isUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.RegisterOnMemberUp(() => isUp.TrySetResult());
        cluster.JoinSeedNodes(_options.Seeds.Length == 0 ? [cluster.SelfAddress] : _options.SeedList.Select(seed => SeedAddress(cluster.SelfAddress, seed)));
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ended.CancelAfter(JoinMax);
        var refused = new SeedProbe(_options.SeedList.Where(seed => seed != Address), _tls).FirstRefusalAsync(ended.Token);
        await Task.WhenAny(isUp.Task, refused).ConfigureAwait(false);
        if (isUp.Task.IsCompleted)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            return;
        }

        cancellation.ThrowIfCancellationRequested();
        throw new ConfigurationException(await refused.ConfigureAwait(false) is { } refusal
            ? $"Cluster {_options.Name}: {refusal}"
            : $"Cluster {_options.Name}: a seed that answers expected within {JoinMax.TotalSeconds} s, none of {(_options.Seeds.Length == 0 ? Address : _options.Seeds)} found; start one of them, or correct millrace.cluster.seeds (the first one begins the cluster).");
    }

    /// <summary>The host is ready for what is submitted.</summary>
    /// <param name="journal">Where that is kept; null: nowhere.</param>
    /// <param name="rows">What it holds.</param>
    /// <param name="launcher">Makes the actor that starts it, of the one that is told what became of it; null: this node has no catalog.</param>
    public void OpenBook(IJournal? journal, ImmutableArray<JournalMessages.NumberedRow> rows, Func<IActorRef, IActorRef>? launcher) =>
        _actor.Tell(new NodeActor.OpenBook(journal, rows, launcher?.Invoke(_actor) ?? ActorRefs.Nobody), ActorRefs.NoSender);

    /// <summary>Asks whoever can answer.</summary>
    public async Task<JobAnswer> AskAsync(RequestUid id, string job, JobRequest request, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<JobAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _actor.Tell(new NodeActor.Ask(new(id, job, request), answer), ActorRefs.NoSender);
        using var end = cancellation.Register(() => answer.TrySetCanceled(cancellation));
        await Task.WhenAny(answer.Task, _ended).ConfigureAwait(false);
        return answer.Task.IsCompleted ? await answer.Task.ConfigureAwait(false) : throw new ObjectDisposedException("MillraceHost");
    }

    /// <summary>Takes part in a job.</summary>
    /// <param name="handle">The job as its user here sees it.</param>
    /// <param name="program">What it is built of here.</param>
    /// <param name="plan">Its tasks.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="ConfigurationException">Another node builds it of something else; or a type of its rows can't cross.</exception>
    public async Task<JobNetwork> JoinAsync(JobHandle handle, string program, JobPlan plan, CancellationToken cancellation)
    {
        var job = handle.Id.Name;
        var fingerprint = FingerprintOf(program);
        var settled = new TaskCompletionSource<(string Fingerprint, string Address)?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _actor.Tell(new NodeActor.Settled(job, settled), ActorRefs.NoSender);
        (string Fingerprint, string Address)? other = null;
        try
        {
            other = await settled.Task.WaitAsync(SettleMax, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A member that is there and says nothing: frozen, or gone and not out yet. The job's other nodes are known.
        }

        if (other is { } found && found.Fingerprint != fingerprint)
            throw new ConfigurationException($"Job {job}: fingerprint {found.Fingerprint} of node {found.Address} expected, {fingerprint} found; start the same program with the same options on every node.");
        var network = new JobNetwork(handle, fingerprint, plan, Address, (long)_options.Lease.TotalMilliseconds, _actor, _plane, _isTrusted, _options.Roles);
        if (!_isTrusted && network.Schemas.Select(HyperionCodecs.FindIn).FirstOrDefault(type => type is not null) is { } opaque)
            throw new ConfigurationException($"Job {job}: rows of types that Millrace or MemoryPack writes expected between machines, {opaque} found: Hyperion is for nodes that know each other; give the type members that can be written.");
        return network;
    }

    /// <summary>Takes part in the same job with other tasks.</summary>
    public JobNetwork Rejoin(JobHandle handle, string program, JobPlan plan) =>
        new(handle, FingerprintOf(program), plan, Address, (long)_options.Lease.TotalMilliseconds, _actor, _plane, _isTrusted, _options.Roles);

    private static string FingerprintOf(string program) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(program)))[..FingerprintChars];

    /// <summary>Says goodbye, so that the others don't take it for a failure.</summary>
    public async Task LeaveAsync()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _actor.Tell(new NodeActor.Leave(told), ActorRefs.NoSender);
        await Task.WhenAny(told.Task, Task.Delay(LeaveMax)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _plane.Dispose();
        _tls?.Dispose();
    }

    // Akka's error for a port that is taken is no line for a user.
    private int FreePort()
    {
        var (first, last) = _options.Ports;
        if (first == 0)
            return 0;
        for (var port = first; port <= last; port++)
        {
            using var listener = new TcpListener(_address, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException cause) when (cause.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
            }
            catch (SocketException cause)
            {
                throw new ConfigurationException($"millrace.cluster.host: an address of this machine expected, {_address} found ({cause.SocketErrorCode}); correct it.", cause);
            }
        }

        throw new ConfigurationException(first == last
            ? $"millrace.cluster.port: a port that is free expected, {first} found, which is in use; stop what uses it, or choose another one."
            : $"millrace.cluster.port: a port that is free expected, none from {first} to {last} found; stop what uses them, or choose others.");
    }

    /// <summary>The names of roles, as they are configured and as Akka knows them.</summary>
    internal static IEnumerable<string> RoleNames(NodeRoles roles) => Enum.GetValues<NodeRoles>().Where(role => roles.HasFlag(role)).Select(role => role.ToString().ToLowerInvariant());

    private static string PublicHost(ClusterOptions options) => options.PublicHost.Length == 0 ? options.Host : options.PublicHost;

    /// <summary>A seed's address, for whoever has this one.</summary>
    internal static Address SeedAddress(Address self, string seed)
    {
        var colon = seed.LastIndexOf(':');
        return new Address(self.Protocol, self.System, seed[..colon], int.Parse(seed.AsSpan(colon + 1), CultureInfo.InvariantCulture));
    }

    /// <summary>The address of <c>millrace.cluster.host</c>.</summary>
    /// <exception cref="ConfigurationException">It has none, or others reach it and there is no TLS.</exception>
    internal static IPAddress CheckedAddress(ClusterOptions options)
    {
        var address = AddressOf(options.Host);
        return IPAddress.IsLoopback(address) || options.Tls.IsEnabled || options.AllowsInsecure
            ? address
            : throw new ConfigurationException($"millrace.cluster.host: a loopback address expected without TLS between nodes, {options.Host} found; set millrace.cluster.tls as hocon/tls.conf says, or millrace.cluster.allow-insecure = on where nobody else reaches it.");
    }

    private static IPAddress AddressOf(string host)
    {
        if (IPAddress.TryParse(host, out var address))
            return address;
        try
        {
            return Dns.GetHostAddresses(host, AddressFamily.InterNetwork).FirstOrDefault()
                ?? throw new ConfigurationException($"millrace.cluster.host: a host with an address expected, {host} found.");
        }
        catch (SocketException cause)
        {
            throw new ConfigurationException($"millrace.cluster.host: a host of this machine expected, {host} found ({cause.SocketErrorCode}); correct it.", cause);
        }
    }
}
