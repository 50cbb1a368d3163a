using System.Runtime.InteropServices;
using Millrace.Connectors.Lines;
using Millrace.Connectors.Logs;

namespace Millrace.Connectors.Sockets;

/// <summary>Turns what a connection brings into records of the log.</summary>
internal sealed class SocketInput<T, TWeight>(IRecordSplitter<T> splitter, RecordLog<T, TWeight> log, TimeSpan? idleTimeout, TimeProvider clock)
    : SocketInput(idleTimeout, clock)
    where TWeight : struct, IRecordWeight<T>
{
    private readonly List<T> _records = [];

    /// <inheritdoc/>
    public override Task Room => log.Append([]);

    /// <inheritdoc/>
    protected override string? Split(ReadOnlySpan<byte> bytes) => splitter.Push(bytes, _records);

    /// <inheritdoc/>
    protected override void EndSplit() => splitter.End(_records);

    /// <inheritdoc/>
    protected override Task Deliver()
    {
        var room = log.Append(CollectionsMarshal.AsSpan(_records));
        _records.Clear();
        return room;
    }
}
