using System.Collections.Immutable;
using Akka.Actor;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tasks;

/// <summary>Connects the part that this process has in a job with the parts of other processes. Thread-safe; no call waits.</summary>
internal interface IJobNetwork
{
    /// <summary>Address of this process: another uid at the same address is the death of the former one.</summary>
    string Node { get; }

    /// <summary>How long a process lives without being heard of. Unit: ms.</summary>
    long LeaseMs { get; }

    /// <summary>Whether this process may rule: its node is a coordinator, and most of the processes that run the job are heard of, and hear of no coordinator either. Else its side would take turns with the other side.</summary>
    bool MayRule { get; }

    /// <summary>Whether this process wants tasks; else it only hears of the job.</summary>
    bool TakesTasks { get; }

    /// <summary>Processes of which nothing has been heard for as long as a lease, though they are not known to be gone.</summary>
    ImmutableArray<ProcessUid> Silent { get; }

    /// <summary>Says who takes what is meant for the job's coordinator.</summary>
    void Attach(IActorRef supervisor);

    /// <summary>This process takes part from now on: what is meant for it comes to its worker, items and credit to its tasks.</summary>
    /// <param name="process">Who it is.</param>
    /// <param name="worker">Takes <see cref="ControlMessages.ToProcess"/>, and <see cref="WorkerActor.LinkBroken"/>.</param>
    /// <param name="tasks">Take <see cref="ChannelItem"/> and <see cref="Credit"/>.</param>
    void Join(ProcessUid process, IActorRef worker, IReadOnlyList<IActorRef> tasks);

    /// <summary>A task that another process holds.</summary>
    IRemoteTask TaskAt(ProcessUid owner, int task);

    /// <summary>Tells whoever coordinates.</summary>
    void Send(ControlMessages.ToCoordinator message);

    /// <summary>Tells a process, this one or another.</summary>
    void Send(ProcessUid process, ControlMessages.ToProcess message);

    /// <summary>The job is to end: gracefully by whoever coordinates, at once in every process.</summary>
    void StopJob(bool isGraceful);

    /// <summary>This process takes no part any more.</summary>
    void Leave();
}
