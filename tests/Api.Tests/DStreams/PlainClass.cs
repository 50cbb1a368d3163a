namespace Millrace.Api.Tests.DStreams;

/// <summary>A class without a stable hash.</summary>
internal sealed class PlainClass;
