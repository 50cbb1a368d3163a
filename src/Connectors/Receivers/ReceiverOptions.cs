using Millrace.Data;

namespace Millrace.Connectors.Receivers;

/// <summary>How a <see cref="ReceiverSource{T}"/> runs its receiver. Checked when the source is made.</summary>
public sealed record ReceiverOptions
{
    internal static readonly TimeSpan WaitMax = TimeSpan.FromDays(1);

    /// <summary>How long records that were stored one by one are gathered before the next epoch can see them; Spark's <c>blockInterval</c>.</summary>
    /// <value>Default 200 ms. More than zero, at most a day.</value>
    public TimeSpan BlockInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Records a second that the receiver may store; Spark's <c>receiver.maxRate</c>. <see cref="ReceiverSource{T}.RateLimiter"/> can lower it.</summary>
    /// <value>Default no limit. More than zero.</value>
    public double MaxRate { get; init; } = double.PositiveInfinity;

    /// <summary>Records a second at first, until the rate is changed; Spark's <c>backpressure.initialRate</c>.</summary>
    /// <value>Default <see cref="MaxRate"/>. More than zero.</value>
    public double? InitialRate { get; init; }

    /// <summary>Records received and not yet committed from which on the receiver is held up; two blocks of 1,024 may come on top.</summary>
    /// <value>Default 1,048,576. At least 1. It must hold the records of all epochs in flight, else the epochs get smaller.</value>
    public long BufferedRecordsMax { get; init; } = 1 << 20;

    /// <summary>
    /// Whether records are on disk before the job may see them and before <see cref="Receiver{T}.Store(IEnumerable{T})"/> comes back, so that nothing
    /// acknowledged is lost with the process; Spark's <c>receiver.writeAheadLog.enable</c>. The job must have a checkpoint directory.
    /// </summary>
    /// <value>Default null: as the context says (<c>StreamingContext.WriteAheadLog</c>), off where there is none.</value>
    public bool? WriteAheadLog { get; init; }

    /// <summary>The wait before a start after a failure. It doubles with every start that brings no record.</summary>
    /// <value>Default 2 s. More than zero, at most a day.</value>
    public TimeSpan RestartDelay { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait before a start.</summary>
    /// <value>Default 60 s. At least <see cref="RestartDelay"/>, at most a day.</value>
    public TimeSpan RestartDelayMax { get; init; } = TimeSpan.FromSeconds(60);

    internal void Validate(string source)
    {
        ValidateWait(source, nameof(BlockInterval), BlockInterval);
        ValidateWait(source, nameof(RestartDelay), RestartDelay);
        ValidateWait(source, nameof(RestartDelayMax), RestartDelayMax);
        if (RestartDelayMax < RestartDelay)
            throw Wrong(source, nameof(RestartDelayMax), RestartDelayMax, $"at least {nameof(RestartDelay)} ({RestartDelay})");
        if (!(MaxRate > 0))
            throw Wrong(source, nameof(MaxRate), MaxRate, "more than zero records a second");
        if (InitialRate is { } rate && !(rate > 0))
            throw Wrong(source, nameof(InitialRate), rate, "more than zero records a second");
        if (BufferedRecordsMax < 1)
            throw Wrong(source, nameof(BufferedRecordsMax), BufferedRecordsMax, "1 record or more");
    }

    private static void ValidateWait(string source, string option, TimeSpan found)
    {
        if (found <= TimeSpan.Zero || found > WaitMax)
            throw Wrong(source, option, found, $"more than zero and at most {WaitMax.TotalDays:0} day");
    }

    private static GraphException Wrong(string source, string option, object found, string expected) =>
        new($"Source {source}: {option} {found} found, {expected} expected; correct the option.");
}
