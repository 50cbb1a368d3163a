using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Adapters;

/// <summary>The records that an observable pushes. Its <c>OnNext</c> blocks while there is no room; <c>OnCompleted</c> finishes the source, <c>OnError</c> fails the job.</summary>
/// <remarks>Subscribed to on a thread of the pool, and unsubscribed when the job ends; what is pushed from then on is left out.</remarks>
/// <param name="input">What to subscribe to. It may push from any thread; the order is that in which the calls come.</param>
/// <param name="name">What a person calls it; the description is <c>observable name</c>.</param>
/// <param name="bufferedRecordsMax">Records not yet committed from which on <c>OnNext</c> blocks; by default 1,048,576.</param>
/// <exception cref="GraphException">The number is less than 1.</exception>
public sealed class ObservableSource<T>(IObservable<T> input, string? name = null, long bufferedRecordsMax = InputSource<T>.BufferedRecordsMaxDefault)
    : InputSource<T>("observable", name, bufferedRecordsMax)
{
    private readonly IObservable<T> _input = input ?? throw new ArgumentNullException(nameof(input));

    private protected override async Task PumpAsync(RecordLog<T, CountWeight<T>> log, CancellationToken stopping)
    {
        var observer = new Observer(log, stopping);
        using var subscription = _input.Subscribe(observer);
        await observer.Ended.WaitAsync(stopping).ConfigureAwait(false);
    }

    private sealed class Observer(RecordLog<T, CountWeight<T>> log, CancellationToken stopping) : IObserver<T>
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void OnNext(T value)
        {
            if (_ended.Task.IsCompleted || stopping.IsCancellationRequested)
                return;
            var room = log.Append(new ReadOnlySpan<T>(in value));
            if (!room.IsCompleted)
                WaitFor(room);
        }

        public void OnCompleted() => _ended.TrySetResult();

        public void OnError(Exception error) => _ended.TrySetException(error);

        private void WaitFor(Task room)
        {
            try
            {
                room.WaitAsync(stopping).GetAwaiter().GetResult();
            }
            catch (OperationCanceledException)
            {
                // The job is over: whoever pushes is not to be held up, nor to fail for it.
            }
        }
    }
}
