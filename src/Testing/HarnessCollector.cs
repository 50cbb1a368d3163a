using Millrace.Data;

namespace Millrace.Testing;

/// <summary>What stands behind an output port, whatever its rows.</summary>
internal abstract class HarnessCollector
{
    public abstract int Port { get; }

    public abstract Type RowType { get; }

    /// <summary>The batch that was sent and is not taken yet; null where there is none.</summary>
    public abstract Batch? Waiting { get; }

    /// <summary>Rows that were not taken yet, as text; null where there are none.</summary>
    public abstract string? Untaken { get; }

    /// <summary>Where it stands: rows so far, rows taken.</summary>
    public abstract (int Count, int Taken) Mark();

    /// <summary>Drops the rows since the mark; those taken since stand untaken again.</summary>
    public abstract void UndoTo((int Count, int Taken) mark);
}
