using Millrace.Data;

namespace Millrace.Api.Tests.DStreams;

/// <summary>A key that brings a hash of its own, which fails.</summary>
internal sealed record ThrowingKey : IStableKey
{
    public ulong StableHash() => throw new InvalidOperationException("no hash\ntoday");
}
