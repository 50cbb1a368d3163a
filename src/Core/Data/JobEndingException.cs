namespace Millrace.Data;

/// <summary>Another try can't help, whatever the error policy: the job ends with the message. No user code can throw it.</summary>
internal sealed class JobEndingException(string message, Exception? cause = null) : MillraceException(message, cause);
