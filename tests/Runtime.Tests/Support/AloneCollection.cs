namespace Millrace.Runtime.Tests.Support;

/// <summary>Tests that look at the heap or the clock of the whole process, and so run beside no other.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneCollection
{
    internal const string Name = "alone";
}
