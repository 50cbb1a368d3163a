using System.Threading.Channels;
using Millrace.Connectors.Logs;
using Millrace.Data;

namespace Millrace.Connectors.Adapters;

/// <summary>The records of a channel. Finishes when the channel is completed, and fails when it is completed with an error.</summary>
/// <remarks>Readers share a channel: where two jobs, or somebody else, read it too, each record goes to one of them. What was not read when the job ends stays in the channel.</remarks>
/// <param name="input">Where to read.</param>
/// <param name="name">What a person calls it; the description is <c>channel name</c>.</param>
/// <param name="bufferedRecordsMax">Records not yet committed from which on the channel is left full; by default 1,048,576. A block of 1,024 may come on top.</param>
/// <exception cref="GraphException">The number is less than 1.</exception>
public sealed class ChannelSource<T>(ChannelReader<T> input, string? name = null, long bufferedRecordsMax = InputSource<T>.BufferedRecordsMaxDefault)
    : InputSource<T>("channel", name, bufferedRecordsMax)
{
    private readonly ChannelReader<T> _input = input ?? throw new ArgumentNullException(nameof(input));

    private protected override async Task PumpAsync(RecordLog<T, CountWeight<T>> log, CancellationToken stopping)
    {
        var block = new T[BlockRecords];
        while (await _input.WaitToReadAsync(stopping).ConfigureAwait(false))
        {
            var count = 0;
            while (count < BlockRecords && _input.TryRead(out var record))
                block[count++] = record;
            await log.Append(block.AsSpan(0, count)).WaitAsync(stopping).ConfigureAwait(false);
        }
    }
}
