namespace Millrace.Connectors.Logs;

/// <summary>Every record weighs one: its memory is not known.</summary>
internal readonly struct CountWeight<T> : IRecordWeight<T>
{
    public static long Of(T record) => 1;
}
