namespace Millrace.Connectors.Lines;

/// <summary>Cuts the bytes of one connection after another into records. Not thread-safe.</summary>
/// <remarks>How the bytes are cut into chunks never changes the records.</remarks>
internal interface IRecordSplitter<T>
{
    /// <summary>Adds the records that end in <paramref name="bytes"/>.</summary>
    /// <returns>Why nothing more of this connection can be cut, in one line; null: it goes on.</returns>
    string? Push(ReadOnlySpan<byte> bytes, List<T> records);

    /// <summary>The connection is over: adds its last record if it has one, and begins anew.</summary>
    void End(List<T> records);
}
