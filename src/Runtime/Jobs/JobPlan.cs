using Millrace.Planning;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Jobs;

/// <summary>A job with its numbers of partitions.</summary>
/// <param name="Scale">What it has been given while it ran.</param>
/// <param name="Settings">What its tasks share.</param>
/// <param name="Manifest">What it is made of; null where it keeps no checkpoints.</param>
internal sealed record JobPlan(JobScale Scale, TaskSettings Settings, JobManifest? Manifest);
