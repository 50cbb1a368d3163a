namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A test that mounts a <see cref="SmallDisk"/>; skipped, with the reason, where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() => Skip = SmallDisk.Obstacle;
}
