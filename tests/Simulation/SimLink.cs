namespace Millrace.Simulation;

/// <summary>One channel's connection; a reset starts another version, and what was under way is lost.</summary>
internal struct SimLink
{
    public int Version;

    /// <summary>Between whom it was when something was sent last.</summary>
    public SimProcess? From;

    public SimProcess? To;

    public long LastArrivalUs;

    /// <summary>The highest receiver generation that this connection has carried.</summary>
    public int Generation;
}
