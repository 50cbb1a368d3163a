namespace Millrace.Connectors.Tests.Adapters;

/// <summary>Pushes records from a thread of the pool, until it is unsubscribed from.</summary>
internal sealed class TestObservable(IEnumerable<int> records) : IObservable<int>
{
    public IDisposable Subscribe(IObserver<int> observer)
    {
        var subscription = new CancellationTokenSource();
        _ = Task.Run(() => Push(observer, subscription.Token));
        return new Subscription(subscription);
    }

    private void Push(IObserver<int> observer, CancellationToken unsubscribed)
    {
        try
        {
            foreach (var record in records)
            {
                if (unsubscribed.IsCancellationRequested)
                    return;
                observer.OnNext(record);
            }

            observer.OnCompleted();
            observer.OnNext(-1);
        }
        catch (FormatException error)
        {
            observer.OnError(error);
        }
    }

    private sealed class Subscription(CancellationTokenSource source) : IDisposable
    {
        public void Dispose() => source.Cancel();
    }
}
