namespace Millrace.Testing;

/// <summary>One step of an operator's script.</summary>
internal abstract record HarnessStep
{
    /// <summary>Whether an epoch ends with this step.</summary>
    public virtual bool EndsEpoch => false;

    public abstract void Play(HarnessRun run);
}
