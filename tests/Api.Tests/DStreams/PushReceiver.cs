using Millrace.Connectors.Receivers;

namespace Millrace.Api.Tests.DStreams;

/// <summary>A receiver that stores what the test pushes, once it was started.</summary>
internal sealed class PushReceiver : Receiver<string>
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Stores together; the task completes when the receiver may acknowledge.</summary>
    public async Task PushAsync(params string[] records)
    {
        await _started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await StoreAsync(records).WaitAsync(TimeSpan.FromSeconds(30));
    }

    protected override void OnStart() => _started.TrySetResult();

    protected override void OnStop()
    {
    }
}
