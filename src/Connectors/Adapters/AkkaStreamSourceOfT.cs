using System.Runtime.InteropServices;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Millrace.Connectors.Logs;
using Millrace.Connectors.Streams;
using Millrace.Data;

namespace Millrace.Connectors.Adapters;

/// <summary>The elements of an Akka.Streams source, held up by its own back-pressure. Finishes and fails with the stream.</summary>
/// <param name="input">The blueprint; each job that opens the source runs it anew.</param>
/// <param name="materializer">Where to run it; null for an actor system of its own, shared by the connectors of this process.</param>
/// <param name="name">What a person calls it; the description is <c>stream name</c>.</param>
/// <param name="bufferedRecordsMax">Records not yet committed from which on nothing is asked for; by default 1,048,576. Two blocks of 1,024 may come on top.</param>
/// <exception cref="GraphException">The number is less than 1.</exception>
public sealed class AkkaStreamSource<T>(
    Source<T, NotUsed> input,
    IMaterializer? materializer = null,
    string? name = null,
    long bufferedRecordsMax = InputSource<T>.BufferedRecordsMaxDefault) : InputSource<T>("stream", name, bufferedRecordsMax)
{
    private readonly Source<T, NotUsed> _input = input ?? throw new ArgumentNullException(nameof(input));

    private protected override async Task PumpAsync(RecordLog<T, CountWeight<T>> log, CancellationToken stopping)
    {
        using var share = materializer is null ? SharedStreams.Acquire() : null;
        var kill = KillSwitches.Shared(Description);
        using var stop = stopping.Register(() => kill.Shutdown());
        // Why in blocks: while the log takes one the next is gathered, and an element alone does not wait.
        await _input
            .Via(kill.Flow<T>())
            .Batch(BlockRecords, static record => new List<T> { record }, Gather)
            .SelectAsync(1, block => AppendAsync(log, block, stopping))
            .RunWith(Sink.Ignore<Done>(), materializer ?? share!.Materializer)
            .ConfigureAwait(false);
        stopping.ThrowIfCancellationRequested();
    }

    private static List<T> Gather(List<T> block, T record)
    {
        block.Add(record);
        return block;
    }

    private static async Task<Done> AppendAsync(RecordLog<T, CountWeight<T>> log, List<T> block, CancellationToken stopping)
    {
        // Why no exception: the stream would log it.
        await log.Append(CollectionsMarshal.AsSpan(block)).WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Done.Instance;
    }
}
