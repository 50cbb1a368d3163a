using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Planning;

namespace Millrace.DStreams;

/// <summary>The context's own thread: runs the bodies of the output operations batch after batch, in the order in which they were added.</summary>
/// <remarks>What a body asks of an RDD is computed by the executors of the job. Task threads deliver and go on; a slow body holds back the next batches through the limit of epochs in flight.</remarks>
internal sealed class Driver(DatasetRunner runner) : IDisposable
{
    private static readonly AsyncLocal<Driver?> Running = new();

    private readonly List<DriverOutput> _outputs = [];
    private readonly object _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _woken;
    private volatile bool _stopped;
    private volatile bool _failed;
    private BatchTracker _tracker = null!;
    private DriverWatch? _watch;
    private volatile string? _body;

    public bool HasOutputs => _outputs.Count > 0;

    /// <summary>Whether the caller is a body of it, or what that has started.</summary>
    public bool IsCaller => Running.Value == this;

    /// <param name="body">The output operation.</param>
    /// <param name="every">It runs for every so-manieth batch.</param>
    /// <param name="isOwn">Whether it is the context's own and not the program's.</param>
    public DriverOutput<T> Add<T>(Action<Rdd<T>, Time> body, int every, bool isOwn)
    {
        var own = _outputs.Count(output => output.Id is null);
        var added = new DriverOutput<T>(this, isOwn ? null : _outputs.Count - own, body, every, runner);

        // Why its own first: what they keep is there for the bodies of the same batch.
        _outputs.Insert(isOwn ? own : _outputs.Count, added);
        return added;
    }

    /// <param name="tracker">Told of what runs.</param>
    /// <param name="plan">Has the outputs' names.</param>
    /// <param name="timeout">How long a body may run.</param>
    public void Start(BatchTracker tracker, JobGraph plan, TimeSpan timeout)
    {
        foreach (var output in _outputs)
            output.Name = plan.IdOf(output.Node).Name;
        (_tracker, _watch) = (tracker, new DriverWatch(timeout, OnTimeout));
        new Thread(Run) { IsBackground = true, Name = "millrace-driver" }.Start();
    }

    /// <summary>Ends the thread after the body that is running.</summary>
    public void Dispose()
    {
        _stopped = true;
        _watch?.Dispose();
        Wake();
    }

    /// <summary>This process begins anew: see <see cref="DriverOutput.Forget"/>. A body that is running comes to its end.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            foreach (var output in _outputs)
                output.Forget();
        }
    }

    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits for the end of the thread, and so of the bodies of the batch that is running; disposed of before.</summary>
    /// <returns>Which body still runs after so long; null: none.</returns>
    public async Task<string?> EndAsync(TimeSpan limit)
    {
        // A body that is late for its time-out has been waited for.
        if (_watch is null || _failed)
            return null;
        await Task.WhenAny(_ended.Task, Task.Delay(limit)).ConfigureAwait(false);
        return _ended.Task.IsCompleted ? null : _body;
    }

    private void Run()
    {
        try
        {
            RunBatches();
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    private void RunBatches()
    {
        while (!_stopped)
        {
            lock (_gate)
            {
                while (!_woken)
                    Monitor.Wait(_gate);
                _woken = false;
            }

            while (!_stopped && RunNextBatch())
            {
            }
        }
    }

    // A batch is run once every output has all of its partitions, so that bodies alternate in the order of the program.
    private bool RunNextBatch()
    {
        long epoch;
        lock (_gate)
        {
            if (ReadyEpoch() is not { } ready)
                return false;
            epoch = ready;
            foreach (var output in _outputs)
                output.Begin();
        }

        foreach (var output in _outputs)
        {
            var operation = output is { Id: { } id, IsDue: true } ? _tracker.OutputStarted(output.PresentTime, id, output.Name) : null;
            var failure = RunBody(output);
            if (operation is not null)
                _tracker.OutputCompleted(epoch, operation, failure);
            if (_failed)
                return false;
        }

        _tracker.BatchCompleted(epoch);
        return true;
    }

    /// <summary>The next batch, if every output has all of its partitions.</summary>
    private long? ReadyEpoch()
    {
        long? epoch = null;
        foreach (var output in _outputs)
        {
            if (output.ReadyEpoch is not { } ready || (epoch is not null && ready != epoch))
                return null;
            epoch = ready;
        }

        return epoch;
    }

    /// <summary>Runs the body for the present batch.</summary>
    /// <returns>Why it failed, or null.</returns>
    private string? RunBody(DriverOutput output)
    {
        var time = output.PresentTime;
        _body = output.Name;
        _watch!.Begin(output);
        Running.Value = this;
        try
        {
            output.Run();
            return null;
        }
        catch (Exception cause)
        {
            var failure = $"Output operation {output.Name} threw {UserText.Of(cause)} (batch of time {time.Milliseconds} ms)";
            Fail(output, new UserFunctionException(failure, cause));
            return failure;
        }
        finally
        {
            Running.Value = null;
            _body = null;
            _watch.End();
        }
    }

    // The thread is left to the body that keeps it: whatever it does later is not heard any more.
    private void OnTimeout(DriverOutput output) => Fail(output, new UserFunctionException(
        $"Output operation {output.Name} did not return within {_watch!.Timeout.TotalSeconds:0.###} s; shorten its work, or raise millrace.task.timeout (JobOptions.TaskTimeout)."));

    private void Fail(DriverOutput output, UserFunctionException failure)
    {
        (_failed, _stopped) = (true, true);
        output.Fail(failure);
    }
}
