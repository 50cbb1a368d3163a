namespace Millrace.State;

/// <summary>Keeps the rows.</summary>
internal sealed class GatheredRows<TRow> : IRowSink<TRow>
    where TRow : struct, IStateDeltaRow
{
    private readonly List<TRow> _rows = [];

    public bool KeepsRows => true;

    public bool IsEmpty => _rows.Count == 0;

    public void Add(in TRow row) => _rows.Add(row);

    public TRow[] ToArray() => [.. _rows];
}
