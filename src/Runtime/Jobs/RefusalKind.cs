namespace Millrace.Runtime.Jobs;

/// <summary>Who can do something about a refusal; by which exception it reaches the user.</summary>
internal enum RefusalKind : byte
{
    /// <summary>The job does not run, or ended meanwhile.</summary>
    State = 0,

    /// <summary>What was asked for can't be done as it was asked.</summary>
    Configuration = 1,

    /// <summary>What is stored is damaged.</summary>
    Damage = 2,
}
