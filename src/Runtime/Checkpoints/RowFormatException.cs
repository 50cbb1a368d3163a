namespace Millrace.Runtime.Checkpoints;

/// <summary>The bytes of a row are not what was written. The message says what is wrong and is completed with job, stream and number by who read them.</summary>
/// <param name="message">What was expected, and what was found.</param>
/// <param name="remedy">What helps; null where nothing but the bytes as they were written does.</param>
internal sealed class RowFormatException(string message, string? remedy = null) : Exception(message)
{
    public string? Remedy => remedy;
}
