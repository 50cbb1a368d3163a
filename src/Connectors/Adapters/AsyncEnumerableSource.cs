using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Adapters;

/// <summary>The records of an asynchronous sequence.</summary>
/// <param name="input">What to enumerate; its enumerator gets a token that ends with the job.</param>
/// <param name="name">What a person calls it; the description is <c>async sequence name</c>.</param>
/// <param name="bufferedRecordsMax">Records not yet committed from which on it is held up; by default 1,048,576. A block of 1,024 may come on top.</param>
/// <exception cref="GraphException">The number is less than 1.</exception>
public sealed class AsyncEnumerableSource<T>(IAsyncEnumerable<T> input, string? name = null, long bufferedRecordsMax = InputSource<T>.BufferedRecordsMaxDefault)
    : InputSource<T>("async sequence", name, bufferedRecordsMax)
{
    private readonly IAsyncEnumerable<T> _input = input ?? throw new ArgumentNullException(nameof(input));

    private protected override async Task PumpAsync(RecordLog<T, CountWeight<T>> log, CancellationToken stopping)
    {
        var block = new T[BlockRecords];
        var count = 0;
        await using var records = _input.GetAsyncEnumerator(stopping);
        try
        {
            while (true)
            {
                var room = Task.CompletedTask;
                var next = records.MoveNextAsync();
                // Why: a block is full, or its records would have to wait for one that is not there yet.
                if (count == BlockRecords || !next.IsCompleted)
                {
                    room = log.Append(block.AsSpan(0, count));
                    count = 0;
                }

                // Why first: an enumerator must not be disposed of while it moves.
                if (!await next.ConfigureAwait(false))
                    break;
                block[count++] = records.Current;
                await room.WaitAsync(stopping).ConfigureAwait(false);
            }
        }
        finally
        {
            // Also when it is stopped: what the sequence has given is given.
            _ = log.Append(block.AsSpan(0, count));
        }
    }
}
