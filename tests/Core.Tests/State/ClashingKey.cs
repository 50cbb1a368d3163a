using Millrace.Data;

namespace Millrace.Core.Tests.State;

/// <summary>A key of which every third has the same hash.</summary>
internal readonly record struct ClashingKey(int Id) : IStableKey
{
    public ulong StableHash() => (ulong)(Id % 3);
}
