using System.Text;

namespace Millrace.Connectors.Logs;

/// <summary>What the records of a log mean, for a <see cref="LogSource{T}"/>.</summary>
public static class LogFormat
{
    /// <summary>UTF-8 text; what is not becomes U+FFFD.</summary>
    public static Func<ReadOnlySpan<byte>, string> Text { get; } = Encoding.UTF8.GetString;

    /// <summary>The bytes as they are, in an array of their own.</summary>
    public static Func<ReadOnlySpan<byte>, byte[]> Bytes { get; } = record => record.ToArray();
}
