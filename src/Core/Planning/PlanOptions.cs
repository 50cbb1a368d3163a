using Millrace.Data;

namespace Millrace.Planning;

/// <summary>What the planner needs to know of the job.</summary>
/// <param name="DefaultParallelism">Partitions of a source that names none, and of what is behind an exchange; at most the key groups behind a hash.</param>
/// <param name="KeyGroups">Key groups of the job; an upper bound of every hash-partitioned parallelism.</param>
/// <param name="Guarantee">What the plan must give at least; null where whatever it gives will do.</param>
/// <param name="IsSpread">Whether the tasks are spread over processes: a sink that has to be in one of them then has a stage of its own.</param>
/// <param name="Scale">What the job was given while it ran; null or none: it is as its program has it.</param>
public sealed record PlanOptions(int DefaultParallelism, int KeyGroups = KeyGroup.DefaultCount, Guarantee? Guarantee = null, bool IsSpread = false, JobScale? Scale = null);
