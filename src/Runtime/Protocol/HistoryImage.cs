using System.Collections.Immutable;

namespace Millrace.Runtime.Protocol;

/// <summary>The folded rows of all coordinators up to some moment: whoever has it needs no older row.</summary>
/// <param name="LastPlanned">0 before the first plan.</param>
/// <param name="LastRanges">By task: the range of the last plan; empty before the first plan.</param>
/// <param name="Inflight">Planned and not committed, in order.</param>
/// <param name="Committed">The decisions behind the former snapshot, in order.</param>
/// <param name="Dead">All processes that were declared dead.</param>
/// <param name="Applied">Every sink has at least everything up to this epoch.</param>
/// <param name="SnapshotEpoch">0 without a snapshot.</param>
/// <param name="Images">By task: where its image stands; empty without a snapshot.</param>
/// <param name="Closed">How the job ended; null while it has not.</param>
/// <param name="Former">The snapshot before, from which a restore starts when an image of the last one is damaged. Null where there is none: rows before the last snapshot are gone.</param>
/// <param name="Origin">The epoch of the savepoint that the job began from, 0 for none: a sink that holds less lacks nothing up to it.</param>
/// <param name="LastAttempt">The last attempt before the job was rescaled, 0 for none: numbers go on, since items of that one may still be under way.</param>
internal sealed record HistoryImage(
    long LastPlanned,
    long? LastNowMs,
    long LastCommitted,
    ImmutableArray<OffsetRange> LastRanges,
    ImmutableArray<EpochPlan> Inflight,
    ImmutableArray<CommittedEpoch> Committed,
    AttemptPlan? Attempt,
    int Failures,
    ImmutableArray<ProcessUid> Dead,
    long Applied,
    long SnapshotEpoch,
    ImmutableArray<RowAddress> Images,
    JournalRows.Closed? Closed,
    FormerSnapshot? Former = null,
    long Origin = 0,
    int LastAttempt = 0);
