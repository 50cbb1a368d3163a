namespace Millrace.Connectors.Sockets;

/// <summary>What happens to a block that can't be taken: too long, torn by the end of the connection, or no rows of the type.</summary>
public enum BlockPolicy
{
    /// <summary>The block is left out and counted by its reason; the next block goes on, or the next connection where its end is not known.</summary>
    Drop,

    /// <summary>The source fails and the job with it; the message says what was wrong with the block.</summary>
    Fail,
}
