using System.Numerics;
using System.Threading.Channels;
using Millrace.Connectors.Logs;
using Millrace.Data;
using Millrace.Time;

namespace Millrace.Connectors.Receivers;

/// <summary>Starts a receiver, starts it again when it fails, and stops it. Thread-safe; what it does in turn runs on the pool.</summary>
/// <remarks>Running ⇄ Waiting (the delay before a start) → Stopped.</remarks>
internal sealed class ReceiverSupervisor<T> : IRecordInput
{
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(5);

    private readonly string _source;
    private readonly Receiver<T> _receiver;
    private readonly RecordLog<T, CountWeight<T>> _log;
    private readonly ReceiverOptions _options;
    private readonly ReceiverHealth _health;
    private readonly Action<string>? _warn;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _ending = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<Command> _commands = Channel.CreateUnbounded<Command>(new() { SingleReader = true });
    private Task _start = Task.CompletedTask;
    private long _starts;
    private string? _stoppedFor;
    private int _vainStarts;
    private long _countAtStart;
    private volatile bool _isStarted;

    /// <param name="Start">Which start it is about: one asked for in vain is over already.</param>
    private sealed record Command(long Start, bool IsStop, string Message, Exception? Error, TimeSpan? Delay);

    public ReceiverSupervisor(
        string source,
        Receiver<T> receiver,
        RecordLog<T, CountWeight<T>> log,
        ReceiverOptions options,
        RateLimiter limiter,
        ReceiverHealth health,
        Action<string>? warn,
        TimeProvider clock)
    {
        (_source, _receiver, _log, _options, _health, _warn, _clock) = (source, receiver, log, options, health, warn, clock);
        receiver.Attach(this);
        Blocks = new(log, limiter, options.BlockInterval, clock, _stopping.Token);
    }

    public BlockGatherer<T> Blocks { get; }

    /// <summary>Completes, without an error, when the receiver has stopped for good and stores no more.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    public bool IsStarted => _isStarted && !_ending.IsCancellationRequested;

    /// <summary>Starts the receiver; called once.</summary>
    public void Run() => Completion = Task.Run(RunAsync);

    public void Restart(string message, Exception? error, TimeSpan? delay) => Post(new(Interlocked.Read(ref _starts), false, message, error, delay));

    public void Stop(string message, Exception? error) => Post(new(Interlocked.Read(ref _starts), true, message, error, null));

    public void ReportError(string message, Exception error)
    {
        var text = OneLine(message, error);
        var count = _health.Failed(text);
        // Why at powers of two: a receiver may report every record.
        if (BitOperations.IsPow2(count))
            _warn?.Invoke($"Source {_source}: {text} (error {count})");
    }

    /// <summary>Stops the receiver for good, without waiting for it.</summary>
    // Why async: what waits goes on where it is cancelled, and OnStop is not for a task's thread.
    public void Dispose() => _ = EndAsync();

    /// <inheritdoc/>
    /// <remarks>What it stores until it has stopped is taken, as far as twice the buffer holds it.</remarks>
    public Task DrainAsync()
    {
        _ = _ending.CancelAsync();
        return Completion;
    }

    private static string OneLine(string message, Exception? error) =>
        (error is null ? message : $"{message}: {UserText.Of(error)}").ReplaceLineEndings(" ");

    private void Post(Command command) => _commands.Writer.TryWrite(command);

    private async Task EndAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        try
        {
            StartReceiver();
            await foreach (var command in _commands.Reader.ReadAllAsync(_ending.Token).ConfigureAwait(false))
            {
                if (command.Start != _starts)
                    continue;
                if (command.IsStop)
                {
                    Warn(command, "stops for good");
                    _stoppedFor = OneLine(command.Message, command.Error);
                    break;
                }

                await RestartAsync(command).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_ending.IsCancellationRequested)
        {
        }
        catch (Exception cause)
        {
            // Nothing of the receiver's gets here; but nobody would see that it is not watched any more.
            _log.Fail(new SourceFailedException($"Source {_source}: {OneLine("the receiver's supervisor failed", cause)}", cause));
        }
        finally
        {
            _commands.Writer.TryComplete();
            // Why no longer: whoever waits for the last records must not wait for ever; not by the job's clock, which may stand still.
            await Task.WhenAny(Task.Run(() => StopReceiver(_stoppedFor)), Task.Delay(StopMax)).ConfigureAwait(false);
            await EndAsync().ConfigureAwait(false);
            Blocks.Dispose();
        }
    }

    private async Task RestartAsync(Command command)
    {
        var delay = command.Delay ?? NextDelay();
        Warn(command, $"is started again in {delay.TotalSeconds:0.###} s");
        StopReceiver(OneLine(command.Message, command.Error));
        await Task.Delay(delay, _clock, _ending.Token).ConfigureAwait(false);
        // Why: a start that does the work itself ends only when it sees that it is stopped, and two at once are one too many.
        await _start.WaitAsync(_ending.Token).ConfigureAwait(false);
        StartReceiver();
    }

    private TimeSpan NextDelay()
    {
        _vainStarts = Blocks.Count > _countAtStart ? 0 : _vainStarts + 1;
        var delay = _options.RestartDelay;
        for (var i = 1; i < _vainStarts && delay < _options.RestartDelayMax; i++)
            delay *= 2;
        return delay < _options.RestartDelayMax ? delay : _options.RestartDelayMax;
    }

    private void StartReceiver()
    {
        _countAtStart = Blocks.Count;
        var start = Interlocked.Increment(ref _starts);
        _isStarted = true;
        _health.Started();
        // Why a thread of its own: the start may block, and a stop must get through all the same.
        _start = Task.Factory.StartNew(() => Start(start), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private void Start(long start)
    {
        try
        {
            _receiver.OnStart();
        }
        catch (Exception error)
        {
            // Why not when it is stopped: a start that was interrupted is no failure.
            if (IsStarted)
                Post(new(start, false, "OnStart threw", error, null));
        }
    }

    private void StopReceiver(string? why)
    {
        if (!_isStarted)
            return;
        _isStarted = false;
        try
        {
            _receiver.OnStop();
        }
        catch (Exception error)
        {
            ReportError("OnStop threw", error);
        }

        _health.Stopped(why);
    }

    private void Warn(Command command, string what)
    {
        var text = OneLine(command.Message, command.Error);
        if (command.Error is not null)
            _health.Failed(text);
        _warn?.Invoke($"Source {_source}: the receiver {what}: {text}");
    }
}
