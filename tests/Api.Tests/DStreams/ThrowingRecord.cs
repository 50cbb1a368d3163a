namespace Millrace.Api.Tests.DStreams;

/// <summary>A key whose member can't be read.</summary>
internal sealed record ThrowingRecord
{
    private readonly int _id;

    public ThrowingRecord(int id) => _id = id;

    public int Id => _id < 0 ? _id : throw new InvalidOperationException("no id\ntoday");
}
