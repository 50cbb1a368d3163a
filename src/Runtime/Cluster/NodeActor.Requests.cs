using System.Collections.Immutable;
using Akka.Actor;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.State;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Cluster;

/// <summary>What users ask of jobs, of this node or by a client.</summary>
/// <remarks>
/// <para>The node that is asked sees to it: it carries the request to all nodes, again and again, until one of them answers: who coordinates the job, or those that
/// hold its tasks. Whoever can't answer is silent, so that a coordinator that is lost is made up for by the next one. What has been answered is remembered under the
/// request's id, and what a plan holds says so itself (<see cref="OrderLog"/>).</para>
/// <para>A client says its request again too, to another seed where the first one is silent.</para>
/// </remarks>
internal sealed partial class NodeActor
{
    private const long CarryAgainMs = 400;
    private const long ClientSilenceMs = 10_000;
    private const long MissingMs = 1000;
    private const long SettleMs = 3000;
    private const int RequestsMax = 1024;
    private const int AnswersKept = 256;

    private readonly Dictionary<RequestUid, Seen> _seen = [];
    private readonly Dictionary<RequestUid, JobAnswer> _answers = [];
    private readonly Queue<RequestUid> _answered = [];

    /// <summary>From this process: see to it.</summary>
    internal sealed record Ask(NodeMessage.Request Request, TaskCompletionSource<JobAnswer> Answer);

    /// <summary>From a job of this node: an answer to what was carried here.</summary>
    private sealed record Answered(RequestUid Id, JobAnswer Answer, IActorRef To);

    /// <summary>A request that this node sees to.</summary>
    private sealed class Seen(NodeMessage.Request request, Action<JobAnswer> answer, Func<long, bool> isAwaited)
    {
        public NodeMessage.Request Request { get; set; } = request;

        public Action<JobAnswer> Answer { get; } = answer;

        public Func<long, bool> IsAwaited { get; } = isAwaited;

        public long HeardAtMs { get; set; }

        public long CarriedAtMs { get; set; }

        public long? MissingSinceMs { get; set; }

        /// <summary>Of each process, what it has answered last.</summary>
        public Dictionary<ProcessUid, JobAnswer.Part> Held { get; } = [];
    }

    private bool IsSettled => _members.Keys.All(member => PeerAt(member) is not null);

    private string OwnAddress => TextOf(_cluster.SelfAddress);

    private static string TextOf(Address address) => $"{address.Host}:{address.Port}";

    private void OnAsk(Ask ask) => See(new Seen(ask.Request, answer => ask.Answer.TrySetResult(answer), _ => !ask.Answer.Task.IsCompleted));

    private void OnRequest(NodeMessage.Request request)
    {
        var nowMs = Environment.TickCount64;
        if (_seen.TryGetValue(request.Id, out var known))
            known.HeardAtMs = nowMs;
        else
            SeeOf(Sender, request, nowMs);
        if (_seen.TryGetValue(request.Id, out var seen))
            Sender.Tell(new NodeMessage.Answer(request.Id, new JobAnswer.UnderWay(seen.Request.What is JobRequest.Stop { WasRunning: true })), Self);
    }

    private void SeeOf(IActorRef client, NodeMessage.Request request, long nowMs)
    {
        var self = Self;
        Seen? seen = null;
        seen = new Seen(request, answer => client.Tell(new NodeMessage.Answer(request.Id, answer), self), now => now - seen!.HeardAtMs < ClientSilenceMs) { HeardAtMs = nowMs };
        if (_seen.Count < RequestsMax)
            See(seen);
        else
            seen.Answer(new JobAnswer.Refused(RefusalKind.State, $"Node {OwnAddress}: at most {RequestsMax} requests at a time expected, one more found; ask again later."));
    }

    private void See(Seen seen)
    {
        _seen[seen.Request.Id] = seen;
        Carry(seen, Environment.TickCount64);
    }

    private void CarryAgain()
    {
        var nowMs = Environment.TickCount64;
        foreach (var seen in _seen.Values.ToArray())
        {
            if (!seen.IsAwaited(nowMs))
                _seen.Remove(seen.Request.Id);
            else if (nowMs - seen.CarriedAtMs >= CarryAgainMs)
                Carry(seen, nowMs);
        }
    }

    private void Carry(Seen seen, long nowMs)
    {
        seen.CarriedAtMs = nowMs;
        var (id, job, what) = seen.Request;
        var isRunning = Runs(job);
        switch (what)
        {
            case JobRequest.List:
                if (IsSettled || nowMs - (seen.MissingSinceMs ??= nowMs) >= SettleMs)
                    Finish(seen, new JobAnswer.Jobs(ListJobs()));
                return;
            case JobRequest.Submit:
                CarryToAll(seen);
                if (!IsSettled || AllSubmitted.Any(known => !known.Programs.IsEmpty))
                    seen.MissingSinceMs = null;
                else if (nowMs - (seen.MissingSinceMs ??= nowMs) >= MissingMs)
                    Finish(seen, new JobAnswer.Refused(RefusalKind.Configuration, NoCatalogText(job)));
                return;
            case JobRequest.Withdraw withdraw:
                if (_book.Find(withdraw.Submission) is { IsCurrent: true })
                    CarryToAll(seen);
                else
                    _seen.Remove(id);
                return;
            case JobRequest.Stop stop when _book.Current(job) is { } submitted:
                // It is not to be started again, and only then stopped.
                seen.Request = seen.Request with { What = stop with { WasRunning = true } };
                CarryToAll(new NodeMessage.Carried(id, job, new JobRequest.Withdraw(submitted.Uid, new(stop.IsGraceful, null))));
                return;
            case JobRequest.Stop stop when isRunning:
                seen.Request = seen.Request with { What = stop with { WasRunning = true } };
                if (_jobs.TryGetValue(job, out var own))
                    own.Supervisor.Tell(new CoordinatorMessages.Stop(stop.IsGraceful));
                TellAll(new NodeMessage.StopJob(job, stop.IsGraceful));
                return;
            case JobRequest.Stop { WasRunning: true } when IsSettled && IsApplied && !IsTried(job):
                Finish(seen, new JobAnswer.Done(0));
                return;
            case JobRequest.Stop { WasRunning: true }:
                return;
            case JobRequest.Stop:
                break;
            default:
                // Also to those that don't run it: they may have answered before it ended.
                CarryToAll(seen);
                if (what is JobRequest.Save save)
                    seen.Request = seen.Request with { What = save with { IsRepeated = true } };
                break;
        }

        if (isRunning || !IsSettled)
            seen.MissingSinceMs = null;
        else if (nowMs - (seen.MissingSinceMs ??= nowMs) >= MissingMs)
            Finish(seen, new JobAnswer.Refused(RefusalKind.State, MissingText(job)));
    }

    private void CarryToAll(Seen seen) => CarryToAll(new NodeMessage.Carried(seen.Request.Id, seen.Request.Job, seen.Request.What));

    private void CarryToAll(NodeMessage.Carried carried)
    {
        TellAll(carried);
        Self.Tell(carried, Self);
    }

    private string MissingText(string job)
    {
        var others = string.Join(", ", ListJobs().Select(running => running.Name).DefaultIfEmpty("none"));
        return $"Job {UserText.OfValue(job, 200)}: one that runs in the cluster expected, none of that name found (running: {others}); correct the name, or start it. If it ended just now, what was asked for last may have been done.";
    }

    private bool Runs(string job) => _jobs.ContainsKey(job) || _peers.Values.Any(peer => peer.ProcessOf(job) is not null);

    private void OnCarried(NodeMessage.Carried carried)
    {
        var (self, to, id) = (Self, Sender, carried.Id);
        if (_answers.TryGetValue(id, out var known))
        {
            to.Tell(new NodeMessage.Answer(id, known), self);
        }
        else if (carried.What is JobRequest.Submit or JobRequest.Withdraw)
        {
            OnCarriedSubmission(carried);
        }
        else if (_jobs.TryGetValue(carried.Job, out var job))
        {
            if (carried.What is JobRequest.ReadLetters read)
                job.Own?.Worker.Tell(new WorkerActor.ReadHeld(read.Since, held => Answer(AnswerOf(held, read.After))));
            else if (carried.What is JobRequest.ReadState state)
                job.Own?.Worker.Tell(new WorkerActor.ReadState(state.Since, state.Query, held => Answer(AnswerOf(held))));
            else
                job.Supervisor.Tell(new EpochCoordinator.Asked(id, carried.What, Answer));
        }

        void Answer(JobAnswer answer) => self.Tell(new Answered(id, answer, to), ActorRefs.NoSender);
    }

    private static JobAnswer.LettersHeld AnswerOf(HeldLetters held, LetterPlace after) =>
        new(held.Process, held.Attempt, held.Held, held.Tasks, LetterPage.Of(held.Letters, after));

    private static JobAnswer AnswerOf(HeldState held) => held.Answer is StateAnswer.Refused refused
        ? new JobAnswer.Refused(RefusalKind.Configuration, refused.Line)
        : new JobAnswer.StateHeld(held.Process, held.Attempt, held.Held, held.Tasks, held.Answer);

    private void OnAnswered(Answered answered)
    {
        if (answered.Answer is not JobAnswer.Part && _answers.TryAdd(answered.Id, answered.Answer))
        {
            _answered.Enqueue(answered.Id);
            if (_answered.Count > AnswersKept)
                _answers.Remove(_answered.Dequeue());
        }

        answered.To.Tell(new NodeMessage.Answer(answered.Id, answered.Answer), Self);
    }

    private void OnAnswer(NodeMessage.Answer answer)
    {
        if (!_seen.TryGetValue(answer.Id, out var seen))
            return;
        if (answer.What is not JobAnswer.Part held)
        {
            Finish(seen, answer.What);
            return;
        }

        // Those of one attempt that hold all tasks leave nothing out and name nothing twice.
        seen.Held[held.Process] = held;
        var attempt = seen.Held.Values.Max(part => part.Attempt);
        var parts = seen.Held.Values.Where(part => part.Attempt == attempt).ToArray();
        if (parts.Sum(part => (long)part.Held) == held.Tasks && held.Merge(parts) is { } merged)
            Finish(seen, merged);
    }

    private void Finish(Seen seen, JobAnswer answer)
    {
        _seen.Remove(seen.Request.Id);
        seen.Answer(answer);
    }

    private NodeMessage.JobPart PartOf(JobNetwork job) => new(
        job.Job,
        job.Fingerprint,
        job.Own?.Process ?? ProcessUid.None,
        job.Handle.State,
        job.Handle.Committed.Number,
        _rules.TryGetValue(job.Job, out var rule) && rule.Node is null ? rule.Incarnation : 0,
        IsRuled(job.Job),
        job.ScaleText);

    private ImmutableArray<ClusterJob> ListJobs()
    {
        var parts = _peers.Values.SelectMany(peer => peer.Hello.Jobs.Select(part => (Address: TextOf(peer.Address), Part: part)))
            .Concat(_jobs.Values.Select(job => (Address: OwnAddress, Part: PartOf(job))))
            .Where(part => part.Part.Process != ProcessUid.None);
        return
        [
            .. parts.GroupBy(part => part.Part.Job, StringComparer.Ordinal).Select(job =>
            {
                var first = job.MaxBy(part => part.Part.Incarnation);
                return new ClusterJob(
                    job.Key,
                    first.Part.Fingerprint,
                    first.Part.State,
                    first.Part.Incarnation > 0 ? first.Address : null,
                    [.. job.Select(part => part.Address).Order(StringComparer.Ordinal)],
                    new Epoch(job.Max(part => part.Part.Committed)));
            }).Concat(_book.Jobs.Where(job => job.IsCurrent && !Runs(job.Job)).Select(job => new ClusterJob(job.Job, "", JobState.Starting, null, [], default)))
            .OrderBy(job => job.Name, StringComparer.Ordinal),
        ];
    }
}
