using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Connectors;

/// <summary>Writes one partition of a sink. Called by one task, one call at a time.</summary>
/// <remarks>
/// For each epoch: <see cref="Begin"/>, any number of <see cref="Write"/>, <see cref="Prepare"/>; then <see cref="Commit"/> once the whole
/// epoch is committed, or <see cref="Abort"/> when it runs again. Up to three epochs may be prepared and not yet committed.
/// An <see cref="SinkCapability.AtLeastOnce"/> writer lets records out in <see cref="Write"/>, every other one in <see cref="Commit"/> alone.
/// </remarks>
public interface ISinkWriter<T> : IDisposable
{
    /// <summary>
    /// The last epoch that the outside holds, 0 when none; null where the outside keeps no such number: the runtime then goes on behind the
    /// last epoch that it knows to be applied, and after a killed process the few behind it are applied again. Asked at the start and after
    /// an unknown outcome.
    /// </summary>
    /// <exception cref="Data.TransientFaultException">The outside can't be reached now: it is asked again.</exception>
    long? ReadWatermark();

    void Begin(EpochInfo epoch);

    /// <summary>Takes the batch over.</summary>
    void Write(Batch<T> batch);

    /// <summary>The epoch is complete; everything that <see cref="Commit"/> needs stands ready.</summary>
    void Prepare(Epoch epoch);

    /// <summary>
    /// Makes the prepared rows of the epoch visible, on condition that the outside still holds <see cref="SinkCommit.Previous"/>,
    /// and answers by <see cref="SinkCommit.Complete"/>, at once or later and from any thread.
    /// </summary>
    void Commit(SinkCommit commit);

    /// <summary>Forgets every epoch behind <paramref name="committed"/>, prepared or open: they run again.</summary>
    void Abort(Epoch committed);
}
