using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <summary>The context's own thread: runs the bodies of the output operations batch after batch, in the order in which they were added.</summary>
/// <remarks>Task threads deliver and go on; a slow body holds back the next batches through the limit of epochs in flight.</remarks>
internal sealed class Driver : IDisposable
{
    private readonly List<DriverOutput> _outputs = [];
    private readonly object _gate = new();
    private int _hidden;
    private bool _woken;
    private volatile bool _stopped;
    private BatchTracker _tracker = null!;
    private DriverWatch? _watch;
    private IReadOnlyList<string> _names = [];

    public bool HasOutputs => _outputs.Count > 0;

    /// <summary>Called behind the last body of each batch, with its epoch, on the driver's thread. Set before the start.</summary>
    public Action<long>? BatchDone { get; set; }

    /// <param name="body">The output operation.</param>
    /// <param name="every">It runs for every so-manieth batch.</param>
    /// <param name="isHidden">Whether listeners do not hear of it; it runs before those of which they do.</param>
    public DriverOutput<T> Add<T>(Action<Rdd<T>, Time> body, int every, bool isHidden)
    {
        var output = new DriverOutput<T>(this, body, every, isHidden);

        // Why hidden ones first: what they keep is there for the bodies of the same batch.
        _outputs.Insert(isHidden ? _hidden++ : _outputs.Count, output);
        return output;
    }

    /// <param name="tracker">Told of what runs.</param>
    /// <param name="names">The outputs' names in the plan.</param>
    /// <param name="timeout">How long a body may run.</param>
    public void Start(BatchTracker tracker, IReadOnlyList<string> names, TimeSpan timeout)
    {
        (_tracker, _names, _watch) = (tracker, names, new DriverWatch(timeout, OnTimeout));
        new Thread(Run) { IsBackground = true, Name = "millrace-driver" }.Start();
    }

    /// <summary>Ends the thread after the body that is running.</summary>
    public void Dispose()
    {
        _stopped = true;
        _watch?.Dispose();
        Wake();
    }

    public void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
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
        long? epoch = null;
        foreach (var output in _outputs)
        {
            if (output.ReadyEpoch is not { } ready || (epoch is not null && ready != epoch))
                return false;
            epoch = ready;
        }

        for (var id = 0; id < _outputs.Count; id++)
        {
            var output = _outputs[id];
            var operation = output is { IsDue: true, IsHidden: false } ? _tracker.OutputStarted(output.ReadyTime, id - _hidden, _names[id]) : null;
            string? failure = null;
            try
            {
                _watch!.Begin(id);
                output.Run();
            }
            catch (Exception cause)
            {
                failure = $"Output operation {_names[id]} threw {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}";
                Fail(output, new UserFunctionException(failure, cause));
            }
            finally
            {
                _watch!.End();
            }

            if (operation is not null)
                _tracker.OutputCompleted(epoch!.Value, operation, failure);
            if (_stopped)
                return false;
        }

        _tracker.BatchCompleted(epoch!.Value);
        BatchDone?.Invoke(epoch!.Value);
        return true;
    }

    // The thread is left to the body that keeps it: whatever it does later is not heard any more.
    private void OnTimeout(int id) => Fail(_outputs[id], new UserFunctionException(
        $"Output operation {_names[id]} did not return within {_watch!.Timeout.TotalSeconds:0.###} s; shorten its work, or raise millrace.task.timeout (JobOptions.TaskTimeout)."));

    private void Fail(DriverOutput output, UserFunctionException failure)
    {
        _stopped = true;
        output.Fail(failure);
    }
}
