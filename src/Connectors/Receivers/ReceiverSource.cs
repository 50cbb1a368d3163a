using Millrace.Connectors.Logs;
using Millrace.Data;
using Millrace.Time;

namespace Millrace.Connectors.Receivers;

/// <summary>Records that a <see cref="Receiver{T}"/> brings, as Spark's <c>receiverStream</c>.</summary>
/// <remarks>
/// <para>A receiver that throws when it starts, or asks for it, is started again after a delay that grows, with a warning and for ever. One that
/// stops itself leaves the source without records; the source never finishes.</para>
/// <para>A record belongs to the first epoch whose time is not before the moment at which it was there to be read, also where the job is behind and
/// that epoch runs late.</para>
/// <para>Records received and not yet committed are held in memory, so that epochs run again in this process give the same records; the process's
/// end loses them. With <see cref="ReceiverOptions.WriteAheadLog"/> they are in a log below the job's checkpoint directory first: the source is
/// replayable then, and what was logged and not read is read after a restart. A log that can't be written, opened or read fails the job, with a
/// <see cref="SourceFailedException"/>; a checkpoint written without it can't go on with it.</para>
/// </remarks>
public sealed class ReceiverSource<T> : ISource<T>, IReceiverSource
{
    private readonly Func<Receiver<T>> _create;
    private readonly ReceiverOptions _options;
    private readonly TimeProvider _clock;
    private volatile ReceiverHealth? _health;

    /// <param name="create">Makes a new receiver; called once each time a job opens the source.</param>
    /// <param name="options">How to run it; null for the defaults.</param>
    /// <param name="name">What a person calls it; the description is <c>receiver name</c>.</param>
    /// <param name="timeProvider">The clock of blocks, rates and waits; null for the system's.</param>
    /// <exception cref="GraphException">An option is out of its range.</exception>
    public ReceiverSource(Func<Receiver<T>> create, ReceiverOptions? options = null, string? name = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        Description = name is null ? "receiver" : $"receiver {name}";
        _options = options ?? new();
        _options.Validate(Description);
        (_create, _clock) = (create, timeProvider ?? TimeProvider.System);
        RateLimiter = new(_options.InitialRate ?? _options.MaxRate, _options.MaxRate, clock: _clock);
    }

    /// <inheritdoc/>
    public string Description { get; }

    /// <inheritdoc/>
    public bool IsReplayable => _options.WriteAheadLog == true;

    /// <inheritdoc/>
    public bool NeedsStorage => IsReplayable;

    /// <inheritdoc/>
    public int? Splits => 1;

    /// <inheritdoc/>
    public event Action<ReceiverEvent>? Changed;

    /// <inheritdoc/>
    /// <remarks>Never above <see cref="ReceiverOptions.MaxRate"/>.</remarks>
    public RateLimiter RateLimiter { get; }

    /// <inheritdoc/>
    public ReceiverStatus Status => _health?.Status ?? ReceiverStatus.None;

    /// <inheritdoc/>
    /// <remarks>Starts the receiver, on a thread of its own.</remarks>
    public ISplitReader<T> Open(SplitContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var receiver = context.IsDraining ? null : Create();
        var ahead = WriteAheadLog<T>.Of(IsReplayable, Description, context);
        var log = new RecordLog<T, CountWeight<T>>(_options.BufferedRecordsMax, ahead, context.NowMs);
        var supervisor = receiver is null ? null : Run(receiver, log, context);
        var reader = new LogReader<T, CountWeight<T>>(log, supervisor);
        return ahead is null ? reader : new WriteAheadReader<T>(reader, ahead, supervisor?.Completion ?? Task.CompletedTask);
    }

    private ReceiverSupervisor<T> Run(Receiver<T> receiver, RecordLog<T, CountWeight<T>> log, SplitContext context)
    {
        var health = new ReceiverHealth(change => Changed?.Invoke(change));
        _health = health;
        var supervisor = new ReceiverSupervisor<T>(Description, receiver, log, _options, RateLimiter, health, context.Warn, _clock);
        supervisor.Run();
        return supervisor;
    }

    private Receiver<T> Create()
    {
        try
        {
            return _create() ?? throw new SourceFailedException($"Source {Description}: a receiver expected from the factory, null found.");
        }
        catch (Exception thrown) when (thrown is not SourceFailedException)
        {
            throw new SourceFailedException($"Source {Description}: the receiver's factory threw {UserText.Of(thrown)}", thrown);
        }
    }
}
