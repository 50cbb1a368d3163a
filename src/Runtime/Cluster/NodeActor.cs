using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Remote;
using Microsoft.Extensions.Logging;
using Millrace.Planning;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Millrace.Runtime.Cluster;

/// <summary>This process as a node: knows the others, carries the control messages of all jobs to and from them, and finds out when one is gone. One per host.</summary>
/// <remarks>
/// <para>A killed process is noticed by its data connection, or by Akka.Remote's, within milliseconds; a probe of its data port that is refused proves
/// that it is gone: all nodes are told, and it is taken out of the cluster. Where the probe is answered the connection alone has broken. Silence is no proof:
/// of a node that is frozen, or cut off, the lease of the job's coordinator decides.</para>
/// <para>Where a coordinator's node is gone the oldest of the others takes over at once.</para>
/// </remarks>
internal sealed partial class NodeActor : UntypedActor, IWithTimers
{
    /// <summary>The actor's name, by which other nodes find it.</summary>
    public const string Name = "millrace-node";

    private const long HelloMs = 200;
    private const long ReachableMs = 1000;
    private const long CoordinatorFreshMs = 400;
    private const long SilenceLeases = 3;

    private readonly NodeUid _self;
    private readonly (string Host, int Port) _dataAddress;
    private readonly DataPlane _plane;
    private readonly ILogger _logger;
    private readonly AkkaCluster _cluster = AkkaCluster.Get(Context.System);
    private readonly Dictionary<Address, Member> _members = [];
    private readonly Dictionary<NodeUid, Peer> _peers = [];
    private readonly HashSet<NodeUid> _gone = [];
    private readonly Dictionary<string, JobNetwork> _jobs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Rule> _rules = new(StringComparer.Ordinal);
    private readonly List<Settled> _settling = [];
    private readonly Dictionary<Address, long> _reachedAtMs = [];
    private readonly long _leaseMs;
    private readonly NodeRoles _roles;
    private readonly Dictionary<(string Job, NodeRoles Role), (long SinceMs, bool IsTold)> _missing = [];
    private long _tickedAtMs = Environment.TickCount64;
    private ImmutableArray<string> _unreachable = [];

    /// <param name="self">This node.</param>
    /// <param name="dataAddress">Where others reach its data connections.</param>
    /// <param name="plane">They.</param>
    /// <param name="leaseMs">How long another node may be silent.</param>
    /// <param name="roles">What this node is for.</param>
    /// <param name="programs">The catalog, in order.</param>
    /// <param name="logger">Told who comes and goes.</param>
    public NodeActor(NodeUid self, (string Host, int Port) dataAddress, DataPlane plane, long leaseMs, NodeRoles roles, ImmutableArray<string> programs, ILogger logger) =>
        (_self, _dataAddress, _plane, _leaseMs, _roles, _programs, _logger) = (self, dataAddress, plane, leaseMs, roles, programs, logger);

    /// <summary>This process has a part in a job, or another one than before.</summary>
    internal sealed record Joined(JobNetwork Job);

    /// <summary>This process has no part in a job any more.</summary>
    internal sealed record Left(JobNetwork Job);

    /// <summary>To whoever coordinates.</summary>
    internal sealed record ToCoordinator(JobNetwork Job, ControlMessages.ToCoordinator Message);

    /// <summary>From the coordinator of this node.</summary>
    internal sealed record ToProcess(JobNetwork Job, ProcessUid Process, ControlMessages.ToProcess Message);

    /// <summary>A user wants the job to end.</summary>
    internal sealed record Stop(JobNetwork Job, bool IsGraceful);

    /// <summary>Completed when every node of the cluster has said hello, with the fingerprint that any of them has of a job; null where none runs it.</summary>
    internal sealed record Settled(string Job, TaskCompletionSource<(string Fingerprint, string Address)?> Answer);

    /// <summary>The host ends: completed when the others have been told.</summary>
    internal sealed record Leave(TaskCompletionSource Told);

    private sealed record LinkClosed(NodeUid Node, string Reason);

    private sealed record Probed(NodeUid Node, bool? IsThere, string Reason, bool IsLink);

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }

    /// <summary>Who coordinates a job, as far as is known here.</summary>
    /// <param name="Node">Null for this node.</param>
    private readonly record struct Rule(NodeUid? Node, long Incarnation, long HeardAtMs);

    private sealed class Peer(NodeUid uid, Address address)
    {
        public NodeUid Uid { get; } = uid;

        public Address Address { get; } = address;

        public IActorRef Ref { get; set; } = ActorRefs.Nobody;

        public NodeMessage.Hello Hello { get; set; } = new(uid, "", 0, new(-1, [], []), []);

        public long HeardAtMs { get; set; }

        public NodeMessage.JobPart? PartOf(string job) => Hello.Jobs.Select(part => (NodeMessage.JobPart?)part).FirstOrDefault(part => part!.Value.Job == job);

        public ProcessUid? ProcessOf(string job) => PartOf(job) is { Process.Value: not 0 } part ? part.Process : null;
    }

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(NodeUid self, (string Host, int Port) dataAddress, DataPlane plane, long leaseMs, NodeRoles roles, ImmutableArray<string> programs, ILogger logger) =>
        Akka.Actor.Props.Create(() => new NodeActor(self, dataAddress, plane, leaseMs, roles, programs, logger));

    protected override void PreStart()
    {
        var self = Self;
        _plane.LinkClosed += (node, reason) => self.Tell(new LinkClosed(node, reason), ActorRefs.NoSender);
        _cluster.Subscribe(self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Context.System.EventStream.Subscribe(self, typeof(DisassociatedEvent));
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.FromMilliseconds(HelloMs));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        Context.System.EventStream.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ToCoordinator to:
                OnToCoordinator(to);
                break;
            case ToProcess to:
                OnToProcess(to);
                break;
            case NodeMessage.ForProcess to:
                OnForProcess(to);
                break;
            case NodeMessage.ForCoordinator to:
                OnForCoordinator(to);
                break;
            case NodeMessage.Hello hello:
                OnHello(hello);
                break;
            case Tick:
                OnTick();
                break;
            case LinkClosed closed:
                Probe(closed.Node, closed.Reason, isLink: true);
                break;
            case DisassociatedEvent gone when PeerAt(gone.RemoteAddress) is { } peer:
                Probe(peer.Uid, "its control connection closed", isLink: false);
                break;
            case DisassociatedEvent:
                break;
            case Probed probed:
                OnProbed(probed);
                break;
            case NodeMessage.NodeGone gone:
                OnGone(gone.Node, PeerAt(Sender.Path.Address)?.Uid == gone.Node ? null : "another node says so", tells: false);
                break;
            case Leave leave:
                TellAll(new NodeMessage.NodeGone(_self));
                leave.Told.TrySetResult();
                break;
            case Joined joined:
                OnJoined(joined.Job);
                break;
            case Left left:
                OnLeft(left.Job);
                break;
            case NodeMessage.ProcessLeft left:
                if (_jobs.TryGetValue(left.Job, out var affected))
                    affected.Supervisor.Tell(new CoordinatorMessages.ProcessLost(left.Process));
                break;
            case Stop stop:
                OnStop(stop);
                break;
            case NodeMessage.StopJob stop:
                if (_jobs.TryGetValue(stop.Job, out var stopped))
                    stopped.Supervisor.Tell(new CoordinatorMessages.Stop(stop.IsGraceful));
                break;
            case NodeMessage.Request request:
                OnRequest(request);
                break;
            case NodeMessage.Carried carried:
                OnCarried(carried);
                break;
            case NodeMessage.Answer answer:
                OnAnswer(answer);
                break;
            case Answered answered:
                OnAnswered(answered);
                break;
            case Ask ask:
                OnAsk(ask);
                break;
            case NodeMessage.Booked booked:
                Adopt(booked.Book);
                break;
            case OpenBook open:
                OnOpenBook(open);
                break;
            case BookWritten written:
                OnBookWritten(written);
                break;
            case JournalMessages.RowsRead read:
                OnBookRead(read);
                break;
            case JournalMessages.ReadFailed failed:
                OnBookUnread(failed);
                break;
            case Tries tries:
                OnTries(tries);
                break;
            case Over over:
                OnOver(over);
                break;
            case Settled settled:
                _settling.Add(settled);
                Settle();
                break;
            case ClusterEvent.IMemberEvent member:
                OnMember(member);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void OnMember(ClusterEvent.IMemberEvent happened)
    {
        var member = happened.Member;
        if (member.Address == _cluster.SelfAddress)
            return;
        switch (happened)
        {
            case ClusterEvent.MemberUp or ClusterEvent.MemberWeaklyUp or ClusterEvent.MemberJoined:
                _members[member.Address] = member;
                SayHello(Context.ActorSelection(new RootActorPath(member.Address) / "user" / Name));
                break;
            case ClusterEvent.MemberDowned or ClusterEvent.MemberRemoved:
                if (_members.TryGetValue(member.Address, out var known) && known.UniqueAddress == member.UniqueAddress)
                {
                    Forget(member.Address);
                    if (PeerAt(member.Address) is { } peer)
                        OnGone(peer.Uid, "it is out of the cluster", tells: false);
                }

                break;
        }

        Settle();
    }

    private void OnHello(NodeMessage.Hello hello)
    {
        if (hello.Node == _self || _gone.Contains(hello.Node))
            return;
        var address = Sender.Path.Address;
        if (PeerAt(address) is { } former && former.Uid != hello.Node)
            OnGone(former.Uid, "another run of it is at its address", tells: true);
        if (!_peers.TryGetValue(hello.Node, out var peer))
        {
            _peers[hello.Node] = peer = new(hello.Node, address);
            ClusterLog.NodeFound(_logger, hello.Node.ToString(), address.ToString());
            peer.Ref = Sender;
            SayHello(Sender);
        }

        (peer.Ref, peer.Hello, peer.HeardAtMs) = (Sender, hello, Environment.TickCount64);
        _plane.Connect(hello.Node, hello.DataHost, hello.DataPort);
        if (hello.Submitted.Book < _book.Number)
            Sender.Tell(new NodeMessage.Booked(_book), Self);
        foreach (var part in hello.Jobs)
        {
            if (!_jobs.TryGetValue(part.Job, out var job))
                continue;
            if (part.Process != ProcessUid.None)
                job.Find(part.Process, _plane.LinkTo(hello.Node));
            if (part.Scale != job.ScaleText && JobScale.Find(part.Scale) is var scale && scale.Times > job.Scale.Times)
                job.Supervisor.Tell(JobSupervisor.Rescaled.To(scale));
        }

        Settle();
    }

    private void OnTick()
    {
        foreach (var peer in _peers.Values)
            SayHello(peer.Ref);
        foreach (var member in _members.Keys)
        {
            if (PeerAt(member) is null)
                SayHello(Context.ActorSelection(new RootActorPath(member) / "user" / Name));
        }

        var nowMs = Environment.TickCount64;
        foreach (var job in _jobs.Values)
            job.Look(MayRule(job.Job, nowMs), [.. _peers.Values.Where(peer => nowMs - peer.HeardAtMs >= _leaseMs).Select(peer => peer.ProcessOf(job.Job)).OfType<ProcessUid>()]);
        WatchLinks(nowMs);
        WatchRoles(nowMs);
        CarryAgain();
        if (_readsAgain)
            ReadBook();
        Decide();
    }

    /// <summary>This node is a coordinator, and most of the nodes that run the job are heard of, and hear of no coordinator either; of two halves the one with the lowest uid of a coordinator.</summary>
    /// <remarks>
    /// Why they are asked: of three nodes, two of which are cut off from each other, the third one hears both. Where all coordinators are among those
    /// that are heard there is nobody else who could rule, however many workers are not.
    /// </remarks>
    private bool MayRule(string job, long nowMs)
    {
        if (!_roles.HasFlag(NodeRoles.Coordinator))
            return false;
        var all = _peers.Values.Where(peer => peer.ProcessOf(job) is not null).ToArray();
        var agreeing = all.Where(peer => nowMs - peer.HeardAtMs < ReachableMs && peer.PartOf(job) is not { HearsCoordinator: true }).ToArray();
        var (candidates, agreeingCandidates) = (Coordinators(all).ToArray(), Coordinators(agreeing).ToArray());
        var (count, total) = (agreeing.Length + 1, all.Length + 1);
        return candidates.Length == agreeingCandidates.Length
            || (2 * count) > total
            || ((2 * count) == total && agreeingCandidates.Append(_self).Min() == candidates.Append(_self).Min());

        IEnumerable<NodeUid> Coordinators(IEnumerable<Peer> peers) => peers.Where(peer => Has(peer, NodeRoles.Coordinator)).Select(peer => peer.Uid);
    }

    /// <summary>One of which the cluster says nothing may be for anything.</summary>
    private bool Has(Peer peer, NodeRoles role) => !_members.TryGetValue(peer.Address, out var member) || ClusterNode.RoleNames(role).All(member.HasRole);

    /// <summary>Says of a job which role none of its nodes has.</summary>
    private void WatchRoles(long nowMs)
    {
        foreach (var job in _jobs.Values)
        {
            foreach (var role in Enum.GetValues<NodeRoles>())
                WatchRole(job.Job, role, nowMs);
        }
    }

    private void WatchRole(string job, NodeRoles role, long nowMs)
    {
        var isMissing = !_roles.HasFlag(role) && !_peers.Values.Any(peer => peer.ProcessOf(job) is not null && Has(peer, role));
        var isKnown = _missing.TryGetValue((job, role), out var missing);
        if (!isMissing)
        {
            if (_missing.Remove((job, role)) && missing.IsTold)
                ClusterLog.RoleIsThere(_logger, job, role.ToString().ToLowerInvariant());
        }
        else if (!isKnown)
        {
            // Nodes are started one after another.
            _missing[(job, role)] = (nowMs, false);
        }
        else if (!missing.IsTold && nowMs - missing.SinceMs >= SettleMs)
        {
            _missing[(job, role)] = missing with { IsTold = true };
            ClusterLog.RoleIsMissing(_logger, job, role.ToString().ToLowerInvariant());
        }
    }

    /// <summary>A data connection that has been silent for three leases is made anew; nodes with which there is none for as long are told of.</summary>
    /// <remarks>Nothing else would notice: where packets are dropped between two nodes that both hear the coordinator, every epoch would wait.</remarks>
    private void WatchLinks(long nowMs)
    {
        _plane.Ping();
        var hasStoodStill = nowMs - _tickedAtMs > Math.Max(_leaseMs / 2, 2 * HelloMs);
        _tickedAtMs = nowMs;
        var unreachable = ImmutableArray.CreateBuilder<string>();
        foreach (var address in _members.Keys)
        {
            var link = PeerAt(address) is { } peer ? _plane.LinkTo(peer.Uid) : null;
            var reachedAtMs = hasStoodStill ? nowMs : Math.Max(_reachedAtMs.GetValueOrDefault(address, nowMs), link?.HeardAtMs ?? 0);
            _reachedAtMs[address] = reachedAtMs;
            if (nowMs - reachedAtMs < SilenceLeases * _leaseMs)
                continue;
            unreachable.Add(TextOf(address));
            link?.Break();
        }

        unreachable.Sort(StringComparer.Ordinal);
        if (unreachable.SequenceEqual(_unreachable))
            return;
        foreach (var node in unreachable.Except(_unreachable))
            ClusterLog.NoRows(_logger, node, SilenceLeases * _leaseMs);
        foreach (var node in _unreachable.Except(unreachable).Where(node => _members.Keys.Any(address => TextOf(address) == node)))
            ClusterLog.RowsAgain(_logger, node);
        _unreachable = unreachable.ToImmutable();
        foreach (var job in _jobs.Values)
            job.Own?.Worker.Tell(new WorkerMessages.NodesUnreachable(_unreachable));
    }

    private void SayHello(ICanTell to) => to.Tell(
        new NodeMessage.Hello(
            _self, _dataAddress.Host, _dataAddress.Port, Submitted, [.. _jobs.Values.Select(PartOf)]),
        Self);

    private void OnJoined(JobNetwork job)
    {
        _jobs[job.Job] = job;
        foreach (var peer in _peers.Values)
        {
            if (peer.ProcessOf(job.Job) is { } process)
                job.Find(process, _plane.LinkTo(peer.Uid));
            SayHello(peer.Ref);
        }

        if (!_unreachable.IsEmpty)
            job.Own?.Worker.Tell(new WorkerMessages.NodesUnreachable(_unreachable));

        // The oldest begins at once; the others would be heard if they ran it already.
        if (!_rules.ContainsKey(job.Job) && _peers.Values.All(peer => peer.ProcessOf(job.Job) is null || !Has(peer, NodeRoles.Coordinator)) && IsOldestOf(_peers.Values))
            job.Supervisor.Tell(new CoordinatorMessages.TakeOver());
    }

    private void OnLeft(JobNetwork job)
    {
        if (!_jobs.TryGetValue(job.Job, out var known) || known != job)
            return;
        _jobs.Remove(job.Job);
        _rules.Remove(job.Job);
        foreach (var role in Enum.GetValues<NodeRoles>())
            _missing.Remove((job.Job, role));
        if (job.Own is { } own)
            TellAll(new NodeMessage.ProcessLeft(job.Job, own.Process));
        foreach (var peer in _peers.Values)
            SayHello(peer.Ref);
    }

    private bool IsRuled(string job) => _rules.TryGetValue(job, out var rule) && Environment.TickCount64 - rule.HeardAtMs < CoordinatorFreshMs;

    private void OnToCoordinator(ToCoordinator to)
    {
        var isKnown = IsRuled(to.Job.Job);
        var rule = _rules.GetValueOrDefault(to.Job.Job);
        if (!isKnown || rule.Node is null)
            to.Job.Supervisor.Tell(to.Message);
        if (isKnown && rule.Node is null)
            return;
        var message = new NodeMessage.ForCoordinator(to.Job.Job, to.Message);
        if (!isKnown)
            TellAll(message);
        else if (_peers.TryGetValue(rule.Node!.Value, out var peer))
            peer.Ref.Tell(message);
    }

    private void OnToProcess(ToProcess to)
    {
        Heard(to.Job.Job, null, to.Message.Incarnation);
        if (to.Job.Own is { } own && own.Process == to.Process)
        {
            own.Worker.Tell(to.Message);
            return;
        }

        foreach (var peer in _peers.Values)
        {
            if (peer.ProcessOf(to.Job.Job) == to.Process)
                peer.Ref.Tell(new NodeMessage.ForProcess(to.Job.Job, to.Process, to.Message));
        }
    }

    /// <summary>What a process says that still has the tasks of before a rescale is void.</summary>
    private void OnForCoordinator(NodeMessage.ForCoordinator to)
    {
        if (_jobs.TryGetValue(to.Job, out var job) && PeerAt(Sender.Path.Address)?.PartOf(to.Job) is { } part && part.Process == to.Message.Process && part.Scale == job.ScaleText)
            job.Supervisor.Tell(to.Message);
    }

    private void OnForProcess(NodeMessage.ForProcess to)
    {
        if (!_jobs.TryGetValue(to.Job, out var job) || PeerAt(Sender.Path.Address) is not { } peer)
            return;
        if (Heard(to.Job, peer.Uid, to.Message.Incarnation))
            job.Supervisor.Tell(new CoordinatorMessages.Heard(to.Message.Incarnation));
        if (job.Own is { } own && own.Process == to.Process)
            own.Worker.Tell(to.Message);
    }

    /// <summary>A coordinator speaks.</summary>
    /// <returns>Whether none of a later incarnation has spoken.</returns>
    private bool Heard(string job, NodeUid? node, long incarnation)
    {
        if (_rules.TryGetValue(job, out var rule) && rule.Incarnation > incarnation)
            return false;
        _rules[job] = new(node, incarnation, Environment.TickCount64);
        return true;
    }

    private void Probe(NodeUid node, string reason, bool isLink)
    {
        if (!_peers.TryGetValue(node, out var peer))
            return;
        var (self, hello) = (Self, peer.Hello);
        _ = ProbeAsync();

        async Task ProbeAsync()
        {
            var isThere = await DataPlane.ProbeAsync(hello.DataHost, hello.DataPort).ConfigureAwait(false);
            self.Tell(new Probed(node, isThere, reason, isLink), ActorRefs.NoSender);
        }
    }

    private void OnProbed(Probed probed)
    {
        if (probed.IsThere == false)
        {
            OnGone(probed.Node, probed.Reason, tells: true);
            return;
        }

        if (!probed.IsLink || !_peers.TryGetValue(probed.Node, out var peer))
            return;
        ClusterLog.LinkBroke(_logger, peer.Uid.ToString(), peer.Address.ToString(), probed.Reason);
        foreach (var job in _jobs.Values)
        {
            if (peer.ProcessOf(job.Job) is { } process)
                job.Own?.Worker.Tell(new WorkerActor.LinkBroken([process], $"The connection with {peer.Address} broke ({probed.Reason})."));
        }
    }

    /// <param name="node">It.</param>
    /// <param name="reason">How that is known; null where it says so itself.</param>
    /// <param name="tells">Whether to tell the others.</param>
    private void OnGone(NodeUid node, string? reason, bool tells)
    {
        if (!_gone.Add(node) || !_peers.Remove(node, out var peer))
            return;
        if (reason is null)
            ClusterLog.NodeLeft(_logger, node.ToString(), peer.Address.ToString());
        else
            ClusterLog.NodeGone(_logger, node.ToString(), peer.Address.ToString(), reason);
        _plane.Close(node);
        if (Forget(peer.Address))
            _cluster.Down(peer.Address);
        if (tells)
            TellAll(new NodeMessage.NodeGone(node));
        foreach (var job in _jobs.Values)
        {
            if (peer.ProcessOf(job.Job) is { } process)
                job.Supervisor.Tell(new CoordinatorMessages.ProcessLost(process));
            if (!_rules.TryGetValue(job.Job, out var rule) || rule.Node != node)
                continue;
            _rules.Remove(job.Job);
            if (IsOldest(job.Job))
            {
                ClusterLog.TakesOver(_logger, job.Job, node.ToString());
                job.Supervisor.Tell(new CoordinatorMessages.TakeOver());
            }
        }

        Settle();
    }

    private bool IsOldest(string job) => IsOldestOf(_peers.Values.Where(peer => peer.ProcessOf(job) is not null));

    /// <summary>Whether this node is the oldest of the coordinators.</summary>
    private bool IsOldestOf(IEnumerable<Peer> peers) =>
        _roles.HasFlag(NodeRoles.Coordinator)
        && peers.All(peer => !Has(peer, NodeRoles.Coordinator) || !_members.TryGetValue(peer.Address, out var member) || _cluster.SelfMember.IsOlderThan(member));

    private bool Forget(Address address)
    {
        _reachedAtMs.Remove(address);
        return _members.Remove(address);
    }

    private Peer? PeerAt(Address address) => _peers.Values.FirstOrDefault(peer => peer.Address == address);

    private void TellAll(NodeMessage message)
    {
        foreach (var peer in _peers.Values)
            peer.Ref.Tell(message, Self);
    }

    private void Settle()
    {
        if (!IsSettled)
            return;
        foreach (var (job, answer) in _settling)
        {
            var other = _peers.Values.SelectMany(peer => peer.Hello.Jobs.Where(part => part.Job == job).Select(part => (part.Fingerprint, peer.Address.ToString()))).FirstOrDefault();
            answer.TrySetResult(other.Fingerprint is null ? null : other);
        }

        _settling.Clear();
    }
}
