using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Runtime.Checkpoints;

namespace Millrace.Testing;

/// <summary>A test of a DStream program: runs it on the real embedded runtime, batch by batch, on a clock that only the script moves.</summary>
/// <remarks>
/// <code>
/// await using var script = await StreamScript.StartAsync(1.Seconds());
/// var lines = script.Input&lt;string&gt;("lines");
/// var counts = script.Output(WordCount(lines.Stream));
///
/// lines.Add("a b", "a");
/// await script.RunBatchAsync();
/// counts.Expect(("a", 2), ("b", 1));
///
/// lines.Add("b");
/// script.FailNextRecord("reduceByKey");
/// await script.RunBatchAsync();
/// counts.Expect(("b", 1));
/// await script.EndAsync();
/// </code>
/// <para>Build the program before the first batch runs: that starts the job. A batch is over when it is committed and the bodies of all output
/// operations have run. Nothing sleeps: an hour's window takes as long as its batches take to compute.</para>
/// <para>Streams of files and of receivers go by the script's clock too: a file that the test writes is in the next batch, and so is a record
/// that a receiver has stored; blocks, rates and restarts wait for the clock to be moved. Streams of text and raw blocks from sockets wait for their server in real time.</para>
/// <para>For one thread.</para>
/// </remarks>
public sealed class StreamScript : IAsyncDisposable
{
    private readonly StreamScriptOptions _options;
    private readonly VirtualClock _clock;
    private readonly ScriptFaults _faults;
    private readonly TimeSpan _batchInterval;
    private readonly Func<Task<MillraceHost>> _startHost;
    // The journal is in memory: only what sources write ahead is there.
    private readonly string _checkpoints = Path.Combine(Path.GetTempPath(), $"millrace-script-{Guid.NewGuid():N}");
    private MillraceHost _host;
    private readonly List<ITestInput> _inputs = [];
    private readonly List<ITestOutput> _outputs = [];
    private volatile RunningBatch? _running;
    private RunningBatch? _givenUp;
    private bool _isEnded;
    private long _recoveriesBefore;

    private sealed record RunningBatch(long Number)
    {
        // Why asynchronously: the listeners' thread must not go on with the script.
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private StreamScript(
        StreamScriptOptions options, TimeSpan batchInterval, VirtualClock clock, MillraceHost host, ScriptFaults faults, Func<Task<MillraceHost>> startHost)
    {
        (_options, _clock, _host, _faults, _batchInterval) = (options, clock, host, faults, batchInterval);
        _startHost = startHost;
        Context = NewContext();
    }

    /// <summary>Where the program is built. The script starts and stops it. After a restart it is another one.</summary>
    public StreamingContext Context { get; private set; }

    /// <summary>The clock, for functions of the program that ask for the time. Only the script moves it.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>How many batches have run.</summary>
    public long BatchesRun { get; private set; }

    /// <summary>The time of the newest batch; before the first one, the time at which the clock started.</summary>
    public DStreams.Time BatchTime => new(TimeOf(BatchesRun).ToUnixTimeMilliseconds());

    /// <summary>How often a failure was repaired: batches were taken back and run again.</summary>
    public long Recoveries => _recoveriesBefore + (Context.Job?.Counters.Attempts ?? 0);

    /// <summary>Starts a runtime for a script.</summary>
    /// <param name="batchInterval">The batch interval; at least 1 ms and a whole number of milliseconds.</param>
    /// <param name="options">How to run. <value>Default: two partitions, times from 1 January 1970 on.</value></param>
    public static async Task<StreamScript> StartAsync(TimeSpan batchInterval, StreamScriptOptions? options = null)
    {
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(options.Patience, TimeSpan.Zero);
        var (clock, faults) = (new VirtualClock(options.Start), new ScriptFaults());
        var journal = new MemoryJournal(isDurable: true);
        Task<MillraceHost> StartHostAsync() => MillraceHost.StartEmbeddedAsync(host =>
        {
            options.ConfigureHost?.Invoke(host);
            (host.Clock, host.StopsOnSignal, host.Faults, host.Journals) = (clock, false, faults, _ => journal);
        });
        var host = await StartHostAsync().ConfigureAwait(false);
        try
        {
            return new(options, batchInterval, clock, host, faults, StartHostAsync);
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>A stream of the program that the script feeds.</summary>
    /// <param name="name">Its name, unique in the script; the operator's id.</param>
    public TestInput<T> Input<T>(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (_inputs.Find(input => input.Name == name) is { } known)
        {
            if (known is not TestInput<T> same || ReferenceEquals(same.Stream.Context, Context))
                throw new ScriptException($"Input '{name}' found twice; the inputs of a script have different names.");
            same.Attach(Context);
            return same;
        }

        var input = new TestInput<T>(Context, name);
        _inputs.Add(input);
        return input;
    }

    /// <summary>Collects what a stream of the program holds, as an output operation.</summary>
    /// <param name="stream">A stream of <see cref="Context"/>.</param>
    /// <param name="name">What messages call it. <value>Default: the argument's own text, where it is short.</value></param>
    public TestOutput<T> Output<T>(DStream<T> stream, [CallerArgumentExpression(nameof(stream))] string name = "")
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        if (!ReferenceEquals(stream.Context, Context))
            throw new ScriptException($"Output '{name}': a stream of another context found, one of the script's Context expected.");
        // Why by number among those of this context: after a restart the program's outputs come in the same order.
        var isReadable = name.Length is > 0 and <= 60 && !name.Contains('\n', StringComparison.Ordinal);
        var shown = isReadable ? name : string.Create(CultureInfo.InvariantCulture, $"{_outputs.Count(other => ReferenceEquals(other.Context, Context)) + 1}");
        if (_outputs.Find(other => other.Name == shown) is TestOutput<T> known && !ReferenceEquals(known.Context, Context))
        {
            known.Attach(stream);
            return known;
        }

        var output = new TestOutput<T>(this, stream, shown);
        _outputs.Add(output);
        return output;
    }

    /// <summary>Lets the task fail, once, that is the next to have worked off a record in an operator; or a batch of them, with all that it set off in
    /// the same task. State has changed by then and rows have gone on: the runtime must take all of it back and run it again.</summary>
    /// <param name="operator">The operator's id as <see cref="StreamingContext.Explain"/> shows it (<c>map(lines)</c>), or the kind of several
    /// (<c>map</c>). <value>Default null: any.</value></param>
    /// <remarks>Called several times, so many records fail; a record that fails three times in a row fails the job.</remarks>
    public void FailNextRecord(string? @operator = null) => Arm(@operator, isAtEnd: false);

    /// <summary>Lets the task fail, once, that is the next to come to the end of a batch in an operator, where states are brought forward and windows
    /// given out; also in an empty batch.</summary>
    /// <inheritdoc cref="FailNextRecord" path="/param"/>
    public void FailNextBatchEnd(string? @operator = null) => Arm(@operator, isAtEnd: true);

    /// <summary>Runs the next batch with the rows that were added for it: moves the clock to its time and waits until it is committed and its outputs have run.</summary>
    /// <exception cref="Data.JobFailedException">The job failed.</exception>
    /// <exception cref="ScriptException">The batch did not end, or nothing runs any more.</exception>
    public async Task RunBatchAsync(CancellationToken cancellationToken = default)
    {
        if (_isEnded)
            throw new ScriptException("The script has ended; start another one to run batches.");
        FailIfGivenUp();
        var job = await StartedAsync(cancellationToken).ConfigureAwait(false);
        var batch = new RunningBatch(BatchesRun + 1);
        await FailIfEndedAsync(job, batch).ConfigureAwait(false);
        foreach (var input in _inputs)
            input.Seal();
        _running = batch;
        _clock.AdvanceTo(TimeOf(batch.Number));
        var patience = Debugger.IsAttached ? Timeout.InfiniteTimeSpan : _options.Patience;
        try
        {
            // Why: a script that gives up on a batch does not know where its program stands.
            _givenUp = batch;
            await Task.WhenAny(batch.Done.Task, job.Completion).WaitAsync(patience, cancellationToken).ConfigureAwait(false);
            _givenUp = null;
        }
        catch (TimeoutException late)
        {
            throw new ScriptException(
                string.Create(CultureInfo.InvariantCulture, $"{Show(batch)} is not over after {patience.TotalSeconds} s: {What(job, batch)} ({Recoveries} recoveries so far)."),
                late);
        }

        if (!batch.Done.Task.IsCompleted)
            await FailIfEndedAsync(job, batch).ConfigureAwait(false);
        BatchesRun = batch.Number;
    }

    /// <summary>Moves the clock on. The batches whose time comes run one after another, as in <see cref="RunBatchAsync"/>.</summary>
    /// <inheritdoc cref="RunBatchAsync" path="/exception"/>
    public async Task AdvanceAsync(TimeSpan time, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(time, TimeSpan.Zero);
        var target = _clock.GetUtcNow() + time;
        while (TimeOf(BatchesRun + 1) <= target)
            await RunBatchAsync(cancellationToken).ConfigureAwait(false);
        _clock.AdvanceTo(target);
    }

    /// <summary>
    /// Ends the program as a killed process would, between two batches, and makes ready to start it again from its checkpoint: build it once more on
    /// the new <see cref="Context"/>, with the same names for inputs and outputs, whose objects stay the same.
    /// </summary>
    /// <remarks>Time stands still meanwhile. The last batches before may be given out again; they must hold the same rows then, and are not
    /// expected twice.</remarks>
    /// <exception cref="ScriptException">The script keeps no checkpoints (<see cref="StreamScriptOptions.IsDurable"/>), or has ended.</exception>
    public async Task RestartAsync()
    {
        if (!_options.IsDurable)
            throw new ScriptException("RestartAsync: a script that keeps checkpoints expected; set StreamScriptOptions.IsDurable.");
        if (_isEnded)
            throw new ScriptException("The script has ended; start another one.");
        FailIfGivenUp();
        _recoveriesBefore = Recoveries;
        await Context.StopAsync(graceful: false).ConfigureAwait(false);
        await _host.DisposeAsync().ConfigureAwait(false);
        _host = await _startHost().ConfigureAwait(false);
        Context = NewContext();
    }

    /// <summary>Ends the program and the script: everything that was added must have run, every failure asked for must have happened, and every row that
    /// came out must have been expected. The last line of a script.</summary>
    /// <exception cref="Data.JobFailedException">The job failed.</exception>
    /// <exception cref="ScriptException">Something is left over.</exception>
    public async Task EndAsync()
    {
        if (_isEnded)
            return;
        _isEnded = true;
        if (Context.Job is { Completion.IsFaulted: true } failed)
            await failed.Completion.ConfigureAwait(false);
        FailIfGivenUp();
        await Context.StopAsync().ConfigureAwait(false);
        string[] left =
        [
            .. _inputs.Where(input => input.RowsLeft > 0).Select(input =>
                string.Create(CultureInfo.InvariantCulture, $"Input '{input.Name}': {input.RowsLeft} rows were added that no batch has taken; run another one.")),
            .. _faults.Left().Select(fault => $"{fault} has not happened: nothing came to the operator."),
            .. _outputs.Select(output => output.Untaken).OfType<string>(),
        ];
        if (left.Length > 0)
            throw new ScriptException(string.Join('\n', left));
    }

    /// <summary>Stops the runtime. Checks nothing, so that it never hides the error that ended a test: that is for <see cref="EndAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        _isEnded = true;
        await Context.DisposeAsync().ConfigureAwait(false);
        await _host.DisposeAsync().ConfigureAwait(false);
        try
        {
            if (Directory.Exists(_checkpoints))
                Directory.Delete(_checkpoints, recursive: true);
        }
        catch (IOException)
        {
            // A receiver that has not ended yet still writes there.
        }
    }

    private StreamingContext NewContext()
    {
        var job = _options.Job with { ZeroTime = _options.Start, TaskTimeout = _options.Job.TaskTimeout ?? (_options.Patience * 0.75) };
        if (_options.IsDurable)
            job = job with { CheckpointDirectory = _checkpoints, Name = job.Name ?? "script" };
        var context = new StreamingContext(_host, _batchInterval, job);
        context.AddStreamingListener(new BatchListener(this));
        return context;
    }

    private DateTimeOffset TimeOf(long batch) => _options.Start + (batch * Context.BatchDuration);

    private void Arm(string? @operator, bool isAtEnd)
    {
        _faults.Arm(@operator, isAtEnd);
        if (Context.Job is not null)
            _faults.Check(Context.Plan());
    }

    private async Task<IJob> StartedAsync(CancellationToken cancellationToken)
    {
        if (Context.Job is { } started)
            return started;
        _faults.Check(Context.Plan());
        await Context.StartAsync(cancellationToken).ConfigureAwait(false);
        return Context.Job!;
    }

    private async Task FailIfEndedAsync(IJob job, RunningBatch batch)
    {
        if (!job.Completion.IsCompleted)
            return;
        await job.Completion.ConfigureAwait(false);
        throw new ScriptException($"{Show(batch)} did not run: the job is {job.State.ToString().ToLowerInvariant()} already.");
    }

    private void FailIfGivenUp()
    {
        if (_givenUp is { } batch)
            throw new ScriptException($"{Show(batch)} was given up; start another script.");
    }

    private string Show(RunningBatch batch) => string.Create(CultureInfo.InvariantCulture, $"Batch {batch.Number} at {TimeOf(batch.Number).ToUnixTimeMilliseconds()} ms");

    private static string What(IJob job, RunningBatch batch) => job.Committed.Number >= batch.Number
        ? "it is committed, but the body of an output operation has not come back"
        : $"it is not committed, the job is {job.State.ToString().ToLowerInvariant()}";

    private sealed class BatchListener(StreamScript script) : StreamingListener
    {
        public override void OnBatchCompleted(BatchInfo batch)
        {
            if (script._running is { } running && script.TimeOf(running.Number).ToUnixTimeMilliseconds() == batch.BatchTime.Milliseconds)
                running.Done.TrySetResult();
        }
    }
}
