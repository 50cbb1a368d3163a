using Millrace.Data;

namespace Millrace.Connectors.Sockets;

/// <summary>How a source keeps its connection to a server, and how much it holds. Checked when the source is made.</summary>
public abstract record SocketOptions
{
    /// <summary>Longest a single wait may be; what timers of every kind can hold.</summary>
    private static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    private protected SocketOptions()
    {
    }

    /// <summary>The wait before the first try to connect again. It doubles with every try that brings no byte, with a random part of at most a fifth.</summary>
    /// <value>Default 100 ms. More than zero, at most a day.</value>
    public TimeSpan ReconnectDelayMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest wait between two tries.</summary>
    /// <value>Default 5 s. At least <see cref="ReconnectDelayMin"/>, at most a day.</value>
    public TimeSpan ReconnectDelayMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one try to connect may take, for each address of the host.</summary>
    /// <value>Default 10 s. More than zero, at most a day.</value>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Memory of the records received and not yet committed: of a line two bytes a character, of a row in a block twice its bytes there, and 32 bytes
    /// for each. Beyond it nothing is read from the socket, so that the sender is held up by TCP; one chunk of 64 KB, or one line or block, may come on top.
    /// </summary>
    /// <value>Default 64 MB (67,108,864). At least 1 byte. It must hold the records of all epochs in flight, else the epochs get smaller.</value>
    public long BufferedBytesMax { get; init; } = 64 << 20;

    /// <summary>A connection on which no byte came for this long, while the source was ready to read, is closed and made again.</summary>
    /// <value>Default null: a silent connection is kept, watched by TCP keep-alive alone. More than zero, at most a day.</value>
    public TimeSpan? IdleTimeout { get; init; }

    /// <summary>How long the source may be without a connection before it fails the job.</summary>
    /// <value>Default null: it tries for ever. More than zero.</value>
    public TimeSpan? FailAfter { get; init; }

    /// <summary>
    /// Whether records are on disk before the job may see them, so that a killed process's successor reads them; Spark's
    /// <c>receiver.writeAheadLog.enable</c>. The job must have a checkpoint directory.
    /// </summary>
    /// <value>Default null: as the context says (<c>StreamingContext.WriteAheadLog</c>), off where there is none.</value>
    public bool? WriteAheadLog { get; init; }

    /// <summary>Records a second that are taken in; Spark's <c>receiver.maxRate</c>. Beyond it the sender is held up by TCP. Back-pressure can lower it.</summary>
    /// <remarks>What has been received and waits for its turn, a chunk at most, comes in at once when the job is stopped gracefully.</remarks>
    /// <value>Default no limit. More than zero.</value>
    public double MaxRate { get; init; } = double.PositiveInfinity;

    /// <summary>Records a second at first, until the rate is changed; Spark's <c>backpressure.initialRate</c>.</summary>
    /// <value>Default <see cref="MaxRate"/>. More than zero.</value>
    public double? InitialRate { get; init; }

    internal virtual void Validate(string source)
    {
        if (BufferedBytesMax < 1)
            throw Wrong(source, nameof(BufferedBytesMax), BufferedBytesMax, "1 byte or more");
        if (!(MaxRate > 0))
            throw Wrong(source, nameof(MaxRate), MaxRate, "more than zero records a second");
        if (InitialRate is { } rate && !(rate > 0))
            throw Wrong(source, nameof(InitialRate), rate, "more than zero records a second");
        ValidateWait(source, nameof(ReconnectDelayMin), ReconnectDelayMin);
        ValidateWait(source, nameof(ReconnectDelayMax), ReconnectDelayMax);
        ValidateWait(source, nameof(ConnectTimeout), ConnectTimeout);
        if (ReconnectDelayMax < ReconnectDelayMin)
            throw Wrong(source, nameof(ReconnectDelayMax), ReconnectDelayMax, $"at least {nameof(ReconnectDelayMin)} ({ReconnectDelayMin})");
        if (IdleTimeout is { } idle)
            ValidateWait(source, nameof(IdleTimeout), idle);
        if (FailAfter is { } failAfter && failAfter <= TimeSpan.Zero)
            throw Wrong(source, nameof(FailAfter), failAfter, "more than zero, or null to try for ever,");
    }

    private static void ValidateWait(string source, string option, TimeSpan found)
    {
        if (found <= TimeSpan.Zero || found > WaitMax)
            throw Wrong(source, option, found, $"more than zero and at most {WaitMax.TotalDays:0} day");
    }

    private protected static GraphException Wrong(string source, string option, object found, string expected) =>
        new($"Source {source}: {option} {found} found, {expected} expected; correct the option.");
}
