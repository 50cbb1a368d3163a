namespace Millrace.Runtime.Exchange;

/// <summary>Where rows leave a chain: a gate towards other tasks, or a sink.</summary>
/// <remarks>
/// While a task works row by row it captures what one record gives out (<see cref="BeginRow"/>) and lets it go
/// (<see cref="CommitRow"/>) or forgets it (<see cref="DropRow"/>) when the record failed.
/// </remarks>
internal abstract class ChainEnd
{
    public abstract void BeginRow();

    public abstract void CommitRow();

    public abstract void DropRow();
}
