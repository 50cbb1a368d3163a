using Millrace.Data;

namespace Millrace.Client;

/// <summary>What an epoch reads of a source.</summary>
/// <param name="Source">The source's stable id.</param>
/// <param name="Records">How far the offsets of its splits go in all: the number of records where offsets count records.</param>
public readonly record struct SourceInput(OperatorId Source, long Records);
