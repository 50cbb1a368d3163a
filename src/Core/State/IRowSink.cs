namespace Millrace.State;

/// <summary>Takes the rows of a delta or an image, one after another.</summary>
internal interface IRowSink<TRow>
    where TRow : struct, IStateDeltaRow
{
    /// <value>Whether rows are kept; else they are done with when <see cref="Add"/> comes back, and may refer to what changes later.</value>
    bool KeepsRows { get; }

    void Add(in TRow row);
}
