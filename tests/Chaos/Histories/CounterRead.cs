namespace Millrace.Chaos.Histories;

/// <summary>A read of a counter and its bounds.</summary>
/// <param name="Lower">Adds acknowledged before the read began.</param>
/// <param name="Value">What was read.</param>
/// <param name="Upper">Adds begun before the read ended, those that failed left out.</param>
public sealed record CounterRead(long Lower, long Value, long Upper)
{
    /// <summary>Whether the value lies within the bounds.</summary>
    public bool IsValid => Lower <= Value && Value <= Upper;
}
