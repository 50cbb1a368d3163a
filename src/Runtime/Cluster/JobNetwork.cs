using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Akka.Actor;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;
using Millrace.Serialization;

namespace Millrace.Runtime.Cluster;

/// <inheritdoc/>
/// <remarks>Control messages go through the <see cref="NodeActor"/>, which knows where everybody is; items and credit go straight to the data connections.</remarks>
internal sealed class JobNetwork : IJobNetwork
{
    private readonly IActorRef _node;
    private readonly DataPlane _plane;
    private readonly ChannelMeter _meter;
    private readonly EdgeCodec[][] _codecs;
    private readonly int[] _outputs;
    private readonly ulong _key;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ProcessUid, ProcessRoute> _routes = [];
    private volatile Part? _part;
    private volatile Outlook _outlook;
    private bool _hasLeft;

    /// <summary>This process's part.</summary>
    internal sealed record Part(ProcessUid Process, IActorRef Worker, IReadOnlyList<IActorRef> Tasks);

    /// <param name="handle">The job as its user here sees it.</param>
    /// <param name="fingerprint">What it is built of here.</param>
    /// <param name="plan">Its tasks.</param>
    /// <param name="address">This node's.</param>
    /// <param name="leaseMs">The lease of a process.</param>
    /// <param name="node">The <see cref="NodeActor"/>.</param>
    /// <param name="plane">The data connections.</param>
    /// <param name="isTrusted">Whether what Hyperion wrote is taken from other nodes.</param>
    /// <param name="roles">What this node is for.</param>
    public JobNetwork(JobHandle handle, string fingerprint, JobPlan plan, string address, long leaseMs, IActorRef node, DataPlane plane, bool isTrusted, NodeRoles roles)
    {
        var settings = plan.Settings;
        (Scale, Job, Handle, Fingerprint, Node, LeaseMs, _node, _plane, _meter) = (plan.Scale, handle.Id.Name, handle, fingerprint, address, leaseMs, node, plane, settings.Meter);
        ScaleText = Scale.ToString();
        _outlook = new(roles.HasFlag(NodeRoles.Coordinator), []);
        TakesTasks = roles.HasFlag(NodeRoles.Worker);
        _key = BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"{Job}\n{Scale.Times}")));
        handle.OnAskAll(Ask, isTrusted);
        var makers = new CodecFinder(settings.Codecs);
        _outputs = new int[settings.Topology.Count];
        foreach (var (sender, _) in Enumerable.Range(0, settings.Topology.Count).SelectMany(settings.Topology.Senders))
            _outputs[sender]++;
        _codecs = [.. Enumerable.Range(0, settings.Topology.Count).Select(task => settings.Topology.EdgesOfChannels(task).Select(edge => makers.Of(edge.Edge)).ToArray())];
    }

    public string Job { get; }

    /// <summary>The job as its user here sees it.</summary>
    public JobHandle Handle { get; }

    /// <summary>What the program is; the same however often it has been rescaled.</summary>
    public string Fingerprint { get; }

    /// <summary>What the job has been given while it ran: only parts of one scale have to do with each other.</summary>
    public JobScale Scale { get; }

    /// <summary>The same as nodes tell it each other.</summary>
    public string ScaleText { get; }

    /// <inheritdoc/>
    public string Node { get; }

    /// <inheritdoc/>
    public long LeaseMs { get; }

    /// <summary>Null as long as the part is not up.</summary>
    public Part? Own => _part;

    /// <summary>Takes what is meant for the coordinator.</summary>
    public IActorRef Supervisor { get; private set; } = ActorRefs.Nobody;

    /// <inheritdoc/>
    public bool TakesTasks { get; }

    /// <inheritdoc/>
    public bool MayRule => _outlook.MayRule;

    /// <inheritdoc/>
    public ImmutableArray<ProcessUid> Silent => _outlook.Silent;

    /// <summary>How the rows of each edge are written.</summary>
    public IEnumerable<CodecSchema> Schemas => _codecs.SelectMany(codecs => codecs).Select(codec => codec.Schema).Distinct();

    /// <summary>How things look from here now; kept by the <see cref="NodeActor"/>.</summary>
    public void Look(bool mayRule, ImmutableArray<ProcessUid> silent) => _outlook = new(mayRule, silent);

    /// <inheritdoc/>
    public void Attach(IActorRef supervisor) => Supervisor = supervisor;

    /// <inheritdoc/>
    public void Join(ProcessUid process, IActorRef worker, IReadOnlyList<IActorRef> tasks)
    {
        // Why: a worker may come up when its job has ended already.
        lock (_gate)
        {
            if (_hasLeft)
                return;
            _part = new(process, worker, tasks);
            _plane.Register(_key, Receive);
            _node.Tell(new NodeActor.Joined(this), ActorRefs.NoSender);
        }
    }

    /// <inheritdoc/>
    public IRemoteTask TaskAt(ProcessUid owner, int task) => new RemoteTask(_key, task, _codecs[task], RouteTo(owner), _meter);

    /// <inheritdoc/>
    public void Send(ControlMessages.ToCoordinator message) => _node.Tell(new NodeActor.ToCoordinator(this, message), ActorRefs.NoSender);

    /// <inheritdoc/>
    public void Send(ProcessUid process, ControlMessages.ToProcess message) => _node.Tell(new NodeActor.ToProcess(this, process, message), ActorRefs.NoSender);

    /// <inheritdoc/>
    public void StopJob(bool isGraceful) => _node.Tell(new NodeActor.Stop(this, isGraceful), ActorRefs.NoSender);

    /// <inheritdoc/>
    public void Leave()
    {
        // Why once: the next job of that name may be there.
        lock (_gate)
        {
            if (_hasLeft)
                return;
            _hasLeft = true;
            _plane.Unregister(_key);
            _node.Tell(new NodeActor.Left(this), ActorRefs.NoSender);
        }
    }

    /// <summary>Where a process is.</summary>
    public void Find(ProcessUid process, PeerLink link) => RouteTo(process).Find(link);

    private ProcessRoute RouteTo(ProcessUid process) => _routes.GetOrAdd(process, static _ => new ProcessRoute());

    private Task<JobAnswer> Ask(RequestUid id, JobRequest request)
    {
        var answer = new TaskCompletionSource<JobAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _node.Tell(new NodeActor.Ask(new(id, Job, request), answer), ActorRefs.NoSender);
        return answer.Task;
    }

    private void Receive(ReadOnlyMemory<byte> message)
    {
        var (task, content) = DataMessage.Read(message.Span, _codecs, _outputs);
        if (_part is not { } part)
            return;
        if (content is ChannelItem { Batch: not null })
            _meter.Sent();
        part.Tasks[task].Tell(content, ActorRefs.NoSender);
    }

    private sealed record Outlook(bool MayRule, ImmutableArray<ProcessUid> Silent);

    private sealed class CodecFinder(CodecCatalog codecs) : IEdgeVisitor<EdgeCodec>
    {
        private readonly Dictionary<StreamEdge, EdgeCodec> _known = [];

        public EdgeCodec Of(StreamEdge edge)
        {
            if (!_known.TryGetValue(edge, out var codec))
                _known[edge] = codec = edge.Accept(this);
            return codec;
        }

        public EdgeCodec Visit<T>(StreamEdge<T> edge) => new EdgeCodec<T>(codecs.Of<T>());
    }
}
