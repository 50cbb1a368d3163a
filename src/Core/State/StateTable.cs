using Millrace.Data;
using Millrace.Serialization;

namespace Millrace.State;

/// <summary>Keyed state of one name in one task: entries that can be rolled back to any epoch in flight.</summary>
/// <remarks>
/// Owned by one task and used on its thread only. Each in-flight epoch has an undo list: the first touch of an entry in an epoch
/// saves its before-image. Rolling back replays the lists, newest first; a commit frees them. The after-images of an epoch's
/// touched entries are its delta; they are found while later epochs already run. On replay a table has been rolled back first,
/// so an operator sees exactly the state at the end of the last committed epoch.
/// </remarks>
public abstract class StateTable
{
    private protected StateTable(string name, bool isTransient)
    {
        ArgumentNullException.ThrowIfNull(name);
        Name = name;
        IsTransient = isTransient;
    }

    /// <value>The table's name, unique in its operator and the same in every version of the program.</value>
    public string Name { get; }

    /// <value>Whether the table is scratch of one epoch: it is empty at the start of each and leaves no delta.</value>
    public bool IsTransient { get; }

    /// <value>Whether its keys are not those by which records come: it belongs to the partition, and can't be divided among others.</value>
    public bool IsLocal { get; init; }

    /// <value>The number of entries (for lists: of keys that have one; for maps: of fields over all keys).</value>
    public abstract int Count { get; }

    /// <value>What whoever reads state from outside is shown of it; null: nothing.</value>
    internal virtual TableView? View => null;

    /// <value>The number of undo records over all epochs in flight; zero when all are committed.</value>
    internal abstract int UndoEntryCount { get; }

    /// <summary>Removes all entries, by as many recorded removals if the table is not transient. Capacity stays, or shrinks when little used.</summary>
    public abstract void Clear();

    /// <summary>Opens an epoch; every change belongs to it until the next call.</summary>
    internal abstract void BeginEpoch(long epoch);

    /// <summary>Opens a row scope inside the current epoch: from here on a first touch is recorded again.</summary>
    /// <returns>What <see cref="UndoTo"/> and <see cref="Release"/> take. Scopes may nest.</returns>
    internal abstract long Mark();

    /// <summary>Takes back everything since the mark, newest first, and closes its scope.</summary>
    internal abstract void UndoTo(long mark);

    /// <summary>Closes the scope of a mark and keeps its changes. Only a transient table needs it, to stop recording.</summary>
    internal abstract void Release(long mark);

    /// <summary>Takes back every epoch after <paramref name="epoch"/>, newest first; the next call is <see cref="BeginEpoch"/>.</summary>
    internal abstract void RollBackTo(long epoch);

    /// <summary>Frees the undo lists up to and including <paramref name="epoch"/>.</summary>
    internal abstract void Commit(long epoch);

    /// <summary>What the epoch changed, as of its end; null when nothing differs. Later epochs may have touched the same entries.</summary>
    internal abstract StateDelta? CaptureDelta(long epoch);

    /// <summary>The whole table as of the end of <paramref name="epoch"/>, which is not older than the last committed one; null when empty.</summary>
    internal abstract StateDelta? CaptureImage(long epoch);

    /// <summary>Writes what <see cref="CaptureDelta"/> gives, without gathering it first.</summary>
    /// <returns>False when nothing differs; nothing is written then.</returns>
    internal abstract bool WriteDelta(long epoch, CodecWriter writer, CodecCatalog codecs);

    /// <summary>Writes what <see cref="CaptureImage"/> gives, without gathering it first.</summary>
    /// <returns>False when it is empty; nothing is written then.</returns>
    internal abstract bool WriteImage(long epoch, CodecWriter writer, CodecCatalog codecs);

    /// <summary>Makes the codecs of what the table writes, so that a type without one is found before there is anything to write.</summary>
    /// <exception cref="GraphException">A type can't be written.</exception>
    internal abstract void FindCodecs(CodecCatalog codecs);

    /// <summary>Reads what <see cref="StateDelta.Write"/> of a delta or an image of this table wrote, perhaps under an older version of its types.</summary>
    /// <exception cref="SchemaException">The types differ in a way that can't be read.</exception>
    internal abstract StateDelta ReadDelta(long epoch, ref CodecReader reader, CodecCatalog codecs);

    /// <summary>Applies a delta or an image while no epoch is in flight: restore. Deltas applied in order give the state at the last of them.</summary>
    internal abstract void Apply(StateDelta delta);
}
