namespace Millrace.Runtime.Protocol;

/// <summary>What a task does with an item that arrived on a channel.</summary>
internal enum Admission
{
    /// <summary>Process it now.</summary>
    Take,

    /// <summary>Keep it, in order, and offer it again after the next adoption, alignment or plan.</summary>
    Hold,

    /// <summary>Forget it: it was sent for an older generation, or came twice.</summary>
    Drop,

    /// <summary>Items are missing before it: report the channel as broken. Nothing is taken until the next adoption.</summary>
    Gap,
}
