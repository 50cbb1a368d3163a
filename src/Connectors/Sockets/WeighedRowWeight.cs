using Millrace.Connectors.Logs;

namespace Millrace.Connectors.Sockets;

/// <summary>A row weighs about its memory, in bytes: a text has two for one of its block.</summary>
internal readonly struct WeighedRowWeight<T> : IRecordWeight<WeighedRow<T>>
{
    private const int RowOverheadBytes = 32;

    public static long Of(WeighedRow<T> record) => RowOverheadBytes + 2L * record.Bytes;
}
