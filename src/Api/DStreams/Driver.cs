using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <summary>The context's own thread: runs the bodies of the output operations batch after batch, in the order in which they were added.</summary>
/// <remarks>Task threads deliver and go on; a slow body holds back the next batches through the limit of epochs in flight.</remarks>
internal sealed class Driver
{
    private readonly List<DriverOutput> _outputs = [];
    private readonly object _gate = new();
    private bool _woken;
    private volatile bool _stopped;

    public bool HasOutputs => _outputs.Count > 0;

    /// <summary>Called behind the last body of each batch, with its epoch, on the driver's thread. Set before the start.</summary>
    public Action<long>? BatchDone { get; set; }

    /// <param name="body">The output operation.</param>
    /// <param name="every">It runs for every so-manieth batch.</param>
    public DriverOutput<T> Add<T>(Action<Rdd<T>, Time> body, int every)
    {
        var output = new DriverOutput<T>(this, body, every);
        _outputs.Add(output);
        return output;
    }

    public void Start() => new Thread(Run) { IsBackground = true, Name = "millrace-driver" }.Start();

    /// <summary>Ends the thread after the body that is running.</summary>
    public void Stop()
    {
        _stopped = true;
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

        foreach (var output in _outputs)
        {
            try
            {
                output.Run();
            }
            catch (Exception cause)
            {
                _stopped = true;
                output.Fail(new UserFunctionException($"An output operation threw {cause.GetType().Name}: {cause.Message.ReplaceLineEndings(" ")}", cause));
                return false;
            }
        }

        BatchDone?.Invoke(epoch!.Value);
        return true;
    }
}
