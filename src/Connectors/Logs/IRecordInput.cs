namespace Millrace.Connectors.Logs;

/// <summary>What fills a <see cref="RecordLog{T, TWeight}"/>, on threads of its own. Disposing of it ends it without waiting.</summary>
internal interface IRecordInput : IDisposable
{
    /// <summary>Ends it in order; completes, without an error, once nothing is received any more and all that was is in the log.</summary>
    Task DrainAsync();
}
