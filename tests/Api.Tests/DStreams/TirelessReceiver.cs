using Millrace.Connectors.Receivers;

namespace Millrace.Api.Tests.DStreams;

/// <summary>Stores one number after the other until none is taken any more.</summary>
internal sealed class TirelessReceiver : Receiver<int>
{
    private readonly TaskCompletionSource _storing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<int> _stored = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Storing => _storing.Task;

    public Task<int> Stored => _stored.Task;

    protected override void OnStart()
    {
        var next = 0;
        while (Store(next))
        {
            if (++next == 2000)
                _storing.SetResult();
        }

        _stored.SetResult(next);
    }

    protected override void OnStop()
    {
    }
}
