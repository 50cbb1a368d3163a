namespace Millrace.Connectors.Logs;

/// <summary>How much of a log's room a record takes. A struct, so that the call is inlined.</summary>
internal interface IRecordWeight<in T>
{
    static abstract long Of(T record);
}
