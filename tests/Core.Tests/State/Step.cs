namespace Millrace.Core.Tests.State;

/// <summary>One random operation on a table: what it does is up to the driver and the run.</summary>
internal readonly record struct Step(int Kind, int Key, int Value);
