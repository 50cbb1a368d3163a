using Millrace.Connectors.Receivers;

namespace Millrace.Testing.Tests;

/// <summary>Receives some records when it is started.</summary>
internal sealed class StartReceiver(params string[] records) : Receiver<string>
{
    private readonly TaskCompletionSource _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Stored => _stored.Task.WaitAsync(TimeSpan.FromSeconds(30));

    protected override void OnStart()
    {
        Store(records);
        _stored.TrySetResult();
    }

    protected override void OnStop()
    {
    }
}
