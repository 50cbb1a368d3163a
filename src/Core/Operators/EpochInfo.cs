using Millrace.Data;

namespace Millrace.Operators;

/// <summary>What an epoch's plan fixes, so that a run again sees the same.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="NowMs">Its processing time in milliseconds since the Unix epoch; a DStream's batch time.</param>
/// <param name="Seed">Seed of <see cref="IOperatorContext.Random"/>.</param>
public readonly record struct EpochInfo(Epoch Epoch, long NowMs, long Seed);
