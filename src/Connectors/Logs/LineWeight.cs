namespace Millrace.Connectors.Logs;

/// <summary>A line weighs its memory, in bytes.</summary>
internal readonly struct LineWeight : IRecordWeight<string>
{
    private const int LineOverheadBytes = 32;

    public static long Of(string record) => LineOverheadBytes + 2L * record.Length;
}
