namespace Millrace.Connectors.Lines;

/// <summary>What happens to a line that is longer than the limit.</summary>
public enum LinePolicy
{
    /// <summary>The line is left out and counted under the reason <c>oversized line</c>; the next line goes on.</summary>
    Drop,

    /// <summary>The source fails and the job with it; the message names the limit.</summary>
    Fail,
}
