using Millrace.Bench.Macro.Processes;

namespace Millrace.Bench.Macro.Engines;

/// <summary>Further node to the first one: it has joined the cluster.</summary>
internal sealed record NodeReady;

/// <summary>First node to a further one: what to run along with it.</summary>
/// <param name="Workload">The workload's name.</param>
/// <param name="Variant">The program's variant.</param>
/// <param name="Batches">Batches of the input.</param>
/// <param name="Directory">The job's checkpoint directory, new and the same on all nodes.</param>
internal sealed record NodeRun(string Workload, string Variant, long Batches, string Directory);

/// <summary>Further node to the first one: its part of the run.</summary>
/// <param name="Use">Of its process.</param>
/// <param name="Checksum">Over the results that came out there; 0 where none did.</param>
/// <param name="Crossed">See <see cref="IEngine.Crossed"/>.</param>
internal sealed record NodeAnswer(ProcessUse Use, ulong Checksum, long Crossed);
