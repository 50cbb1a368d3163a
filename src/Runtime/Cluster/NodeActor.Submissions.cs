using System.Collections.Immutable;
using Akka.Actor;
using Millrace.Client;
using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Jobs;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Cluster;

/// <summary>The jobs that were submitted to the cluster.</summary>
/// <remarks>
/// <para>What is submitted stands in a <see cref="JobBook"/>. The oldest of the nodes that have a catalog keeps it: it alone decides what is submitted and withdrawn, and writes
/// each change to the journal of the cluster, where there is one, before anybody goes by it. Two that take themselves for the oldest are told apart by the journal's
/// compare-and-set. Whoever sees by another's hello that it knows less is sent the book, so that every node has it, and the next oldest can go on with it.</para>
/// <para>Each node runs what the book says (<see cref="OpenBook.Launcher"/>) and says in its hello what became of that. A submission is answered when the job is
/// coordinated and no node that takes part is still starting; or when every node that has a catalog has refused it, which ends it.</para>
/// </remarks>
internal sealed partial class NodeActor
{
    private const long RowsKept = 16;

    private readonly ImmutableArray<string> _programs;
    private readonly Dictionary<RequestUid, Submitting> _submitting = [];
    private JobBook _book = JobBook.Empty;
    private ImmutableArray<NodeMessage.Trial> _trials = [];
    private long _applied = -1;
    private IActorRef _launcher = ActorRefs.Nobody;
    private IJournal? _journal;
    private long _nextRow = 1;
    private string? _damage;
    private bool _isOpen;
    private bool _isWriting;
    private bool _readsAgain;

    /// <summary>The host is ready for what is submitted, or never will be where it has no catalog.</summary>
    /// <param name="Journal">Where the book is kept; null: nowhere, nodes have it from each other.</param>
    /// <param name="Rows">What it holds.</param>
    /// <param name="Launcher">Hears of each later book.</param>
    internal sealed record OpenBook(IJournal? Journal, ImmutableArray<JournalMessages.NumberedRow> Rows, IActorRef Launcher);

    /// <summary>From the launcher: what it runs, and could not start.</summary>
    /// <param name="Book">The number of the book that it goes by.</param>
    /// <param name="Trials">What has become of that so far.</param>
    internal sealed record Tries(long Book, ImmutableArray<NodeMessage.Trial> Trials);

    /// <summary>From the launcher: a job has ended, not only on this node.</summary>
    internal sealed record Over(SubmittedJob Job, string? Reason);

    private sealed record BookWritten(JobBook Book, JournalMessages.Appended Answer);

    /// <summary>A submission that this node decides on.</summary>
    private sealed record Submitting(SubmittedJob Job, IActorRef To, long SinceMs);

    /// <summary>The number of the book that this node goes by; -1: of none yet.</summary>
    private long Applied => _isOpen && _programs.IsEmpty ? _book.Number : _applied;

    private NodeMessage.SubmittedPart Submitted => new(Applied, _programs, _trials);

    private bool KeepsBook
    {
        get
        {
            var nowMs = Environment.TickCount64;
            return _isOpen && !_programs.IsEmpty
                && _peers.Values.All(peer => peer.Hello.Submitted.Book <= _book.Number)
                && IsOldestOf(_peers.Values.Where(peer => peer.Hello.Submitted is { Book: >= 0, Programs.IsEmpty: false } && nowMs - peer.HeardAtMs < ReachableMs));
        }
    }

    private void OnOpenBook(OpenBook open)
    {
        _journal = open.Journal;
        TakeRows(open.Rows);
        (_launcher, _isOpen) = (open.Launcher, true);
        _launcher.Tell(_book);
        TellHello();
    }

    /// <summary>A later book takes the place of an earlier one.</summary>
    private void Adopt(JobBook book)
    {
        if (book.Number <= _book.Number)
            return;
        _book = book;
        if (_isOpen)
            _launcher.Tell(book);
        foreach (var stop in _seen.Values.Where(seen => seen.Request.What is JobRequest.Stop or JobRequest.Withdraw).ToArray())
            Carry(stop, Environment.TickCount64);
        TellHello();
        Decide();
    }

    private void OnCarriedSubmission(NodeMessage.Carried carried)
    {
        if (!KeepsBook)
            return;
        if (carried.What is JobRequest.Submit submit)
        {
            var job = new SubmittedJob(new(carried.Id.Value), carried.Job, submit.Program, submit.Arguments);
            _submitting[carried.Id] = new(job, Sender, _submitting.TryGetValue(carried.Id, out var known) ? known.SinceMs : Environment.TickCount64);
            Decide();
        }
        else if (carried.What is JobRequest.Withdraw withdraw && _book.Find(withdraw.Submission) is { IsCurrent: true })
        {
            Write(_book.End(withdraw.Submission, withdraw.End));
        }
    }

    /// <summary>Looks whether anything has become of what is submitted.</summary>
    private void Decide()
    {
        if (_submitting.Count == 0)
            return;
        if (!KeepsBook)
        {
            _submitting.Clear();
            return;
        }

        foreach (var (id, submitting) in _submitting.ToArray())
        {
            if (Decide(submitting) is not { } answer)
                continue;
            _submitting.Remove(id);
            OnAnswered(new Answered(id, answer, submitting.To));
        }
    }

    private JobAnswer? Decide(Submitting submitting)
    {
        var job = submitting.Job;
        switch (_book.Find(job.Uid))
        {
            case null when _isWriting || !((IsSettled && IsApplied) || Environment.TickCount64 - submitting.SinceMs >= SettleMs):
                return null;
            case null when Refuse(job) is { } refusal:
                return refusal;
            case null:
                Write(_book.Add(job));
                return null;
            case { End.Reason: { } reason }:
                return new JobAnswer.Refused(RefusalKind.State, reason);
            case { IsCurrent: false }:
                return new JobAnswer.Done(0);
            case var _ when IsUp(job.Job):
                return new JobAnswer.Done(0);
            case var _ when !_isWriting && RefusalOfAll(job) is { } refusal:
                Write(_book.End(job.Uid, new(IsGraceful: false, refusal)));
                return null;
            default:
                return null;
        }
    }

    private JobAnswer.Refused? Refuse(SubmittedJob job)
    {
        var nodes = _peers.Values.Select(peer => (Address: TextOf(peer.Address), peer.Hello.Submitted.Programs)).Append((Address: OwnAddress, Programs: _programs)).ToArray();
        var lacking = nodes.Where(node => !node.Programs.Contains(job.Program)).Select(node => node.Address).Order(StringComparer.Ordinal).ToArray();
        var program = UserText.OfValue(job.Program, JobBook.NameLengthMax);
        if (lacking.Length == nodes.Length)
        {
            var known = string.Join(", ", nodes.SelectMany(node => node.Programs).Distinct().Order(StringComparer.Ordinal));
            return new(RefusalKind.Configuration, $"Program {program}: one of the catalog expected, none of that name found (known: {known}); correct the name, or register it on every node (MillraceHostOptions.WithProgram).");
        }

        if (lacking.Length > 0)
            return new(RefusalKind.Configuration, $"Program {program}: a catalog that has it expected on every node, none found on {string.Join(", ", lacking)}; start the same program on all nodes, then submit again.");
        if (_damage is not null)
            return new(RefusalKind.Damage, _damage);
        if (_book.Refuse(job) is { } line)
            return new(RefusalKind.Configuration, line);
        if (_book.Current(job.Job) is { } current)
            return new(RefusalKind.State, $"Job {job.Job}: a name that no job has expected, that of a submitted one found (program {current.Program}{(Runs(job.Job) ? "" : $", which does not run: {RefusalOfAll(current) ?? "it is starting"}")}); stop that one, or choose another name.");
        return Runs(job.Job) || IsTried(job.Job)
            ? new(RefusalKind.State, $"Job {job.Job}: a name that no job has expected, that of a running one found; stop that one, or choose another name.")
            : null;
    }

    /// <summary>Coordinated, and no node that takes part is still starting.</summary>
    private bool IsUp(string job)
    {
        var nowMs = Environment.TickCount64;
        var parts = _peers.Values.Where(peer => nowMs - peer.HeardAtMs < ReachableMs).SelectMany(peer => peer.Hello.Jobs).Concat(_jobs.Values.Select(PartOf))
            .Where(part => part.Job == job && part.Process != ProcessUid.None)
            .ToArray();
        return parts.Any(part => part.Incarnation > 0) && parts.All(part => part.State != JobState.Starting);
    }

    /// <summary>Why no node runs a job, in one line; null where one does, or may yet.</summary>
    private string? RefusalOfAll(SubmittedJob job)
    {
        if (Runs(job.Job) || !IsSettled)
            return null;
        var trials = _peers.Values.Where(peer => !peer.Hello.Submitted.Programs.IsEmpty).Select(peer => (Address: TextOf(peer.Address), peer.Hello.Submitted.Trials))
            .Append((Address: OwnAddress, Trials: _trials))
            .Select(node => (node.Address, node.Trials.FirstOrDefault(trial => trial.Submission == job.Uid).Refusal))
            .ToArray();
        return trials.All(trial => trial.Refusal is not null)
            ? $"Job {job.Job}: program {job.Program} started nothing on any node, on {trials[0].Address} because of {trials[0].Refusal}"
            : null;
    }

    private IEnumerable<NodeMessage.SubmittedPart> AllSubmitted => _peers.Values.Select(peer => peer.Hello.Submitted).Append(Submitted);

    /// <summary>Every node goes by this node's book.</summary>
    private bool IsApplied => AllSubmitted.All(known => known.Programs.IsEmpty || known.Book >= _book.Number);

    /// <summary>A node still runs, or is about to start, a job of that name which is withdrawn.</summary>
    private bool IsTried(string job) => AllSubmitted.SelectMany(known => known.Trials)
        .Any(trial => trial.Refusal is null && _book.Find(trial.Submission) is { IsCurrent: false } ended && ended.Job == job);

    /// <summary>Changes the book, unless a change is on its way: whatever asked for this one asks again.</summary>
    private void Write(JobBook book)
    {
        if (_isWriting)
            return;
        if (_journal is null)
        {
            Publish(book);
            return;
        }

        var self = Self;
        _isWriting = true;
        _journal.Append(new(JournalStream.Jobs, _nextRow, [new JournalRows.JobsBooked(book)]), answer => self.Tell(new BookWritten(book, answer), ActorRefs.NoSender));
    }

    private void OnBookWritten(BookWritten written)
    {
        if (written.Answer.Outcome != AppendOutcome.Ok)
        {
            // Another node has written, or nobody knows: what stands there counts.
            ReadBook();
            return;
        }

        _isWriting = false;
        if (_nextRow > RowsKept)
            _journal!.Trim(new(JournalStream.Jobs, _nextRow - RowsKept));
        _nextRow = written.Answer.NextNumber;
        Publish(written.Book);
    }

    private void Publish(JobBook book)
    {
        Adopt(book);
        TellAll(new NodeMessage.Booked(_book));
    }

    private void ReadBook()
    {
        var self = Self;
        _readsAgain = false;
        _journal!.Read(new(JournalStream.Jobs, _nextRow, Request: 0), read => self.Tell(read, ActorRefs.NoSender), failed => self.Tell(failed, ActorRefs.NoSender));
    }

    private void OnBookRead(JournalMessages.RowsRead read)
    {
        (_isWriting, _damage) = (false, null);
        TakeRows(read.Rows);
        Decide();
    }

    private void OnBookUnread(JournalMessages.ReadFailed failed)
    {
        // Without a reason nothing has answered: the next tick asks again.
        (_readsAgain, _isWriting, _damage) = (failed.Reason is null, failed.Reason is null, failed.Reason);
        Decide();
    }

    private void TakeRows(ImmutableArray<JournalMessages.NumberedRow> rows)
    {
        if (rows.LastOrDefault() is not { Row: JournalRows.JobsBooked last, NextNumber: var next })
            return;
        _nextRow = next;
        Adopt(last.Book);
    }

    private void OnTries(Tries tries)
    {
        (_applied, _trials) = (tries.Book, tries.Trials);
        TellHello();
        Decide();
    }

    private void OnOver(Over over) => See(new Seen(
        new(RequestUid.New(), over.Job.Job, new JobRequest.Withdraw(over.Job.Uid, new(IsGraceful: true, over.Reason))), static _ => { }, static _ => true));

    /// <summary>A submitted job is withdrawn first: no node is to start it again.</summary>
    private void OnStop(Stop stop)
    {
        var job = stop.Job.Job;
        if (_book.Current(job) is null)
        {
            stop.Job.Supervisor.Tell(new CoordinatorMessages.Stop(stop.IsGraceful));
            TellAll(new NodeMessage.StopJob(job, stop.IsGraceful));
        }
        else if (!_seen.Values.Any(seen => seen.Request.Job == job && seen.Request.What is JobRequest.Stop known && known.IsGraceful == stop.IsGraceful))
        {
            See(new Seen(new(RequestUid.New(), job, new JobRequest.Stop(stop.IsGraceful, WasRunning: true)), static _ => { }, static _ => true));
        }
    }

    private void TellHello()
    {
        foreach (var peer in _peers.Values)
            SayHello(peer.Ref);
    }

    private static string NoCatalogText(string job) =>
        $"Job {UserText.OfValue(job, JobBook.NameLengthMax)}: a node with a catalog expected, none found in the cluster; register programs on every node (MillraceHostOptions.WithProgram), or start the job in the nodes' own program.";
}
