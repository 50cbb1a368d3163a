namespace Millrace.Runtime.Checkpoints;

/// <summary>The bytes of a row are not what was written. The message says what is wrong and is completed with job, stream and number by who read them.</summary>
internal sealed class RowFormatException(string message) : Exception(message);
