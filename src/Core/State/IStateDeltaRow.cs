namespace Millrace.State;

/// <summary>A row of a delta.</summary>
public interface IStateDeltaRow
{
    /// <value>The stable hash of the row's key, which decides its key group.</value>
    ulong Hash { get; }
}
