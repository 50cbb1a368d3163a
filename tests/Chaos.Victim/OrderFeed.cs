using System.Globalization;
using Millrace.Connectors.Logs;

namespace Millrace.Chaos.Victim;

/// <summary>Appends records drawn from a seed to the logs, at a rate, until its standard input is closed; then says that no more follow.</summary>
/// <remarks>Writes <c>ready</c> once the logs are there, and <c>fed MILLISECONDS</c> at the end.</remarks>
internal sealed class OrderFeed : IDisposable
{
    private const int Keys = 200;
    private const int PaymentEvery = 11;
    private const int PaymentSource = 2;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(10);

    private readonly LogWriter[] _writers;
    private readonly Random _random;
    private long _written;

    public OrderFeed(string root, int seed)
    {
        var orders = LogStore.Create(Path.Combine(root, "orders"), partitions: 2);
        var payments = LogStore.Create(Path.Combine(root, "payments"), partitions: 1);
        _writers = [orders.OpenWriter(0), orders.OpenWriter(1), payments.OpenWriter(0)];
        // Not for secrets: the same seed has to draw the same records.
#pragma warning disable CA5394
        _random = new Random(seed);
    }

    public async Task RunAsync(int recordsPerSecond, TextReader input, TextWriter output)
    {
        await output.WriteLineAsync("ready");
        var started = TimeProvider.System.GetTimestamp();
        // Why Run: the console's reader blocks, also where it is called asynchronously.
        for (var end = Task.Run(input.ReadToEnd); !end.IsCompleted; await Task.WhenAny(end, Task.Delay(Tick)))
            FeedTo((long)(TimeProvider.System.GetElapsedTime(started).TotalSeconds * recordsPerSecond));
        foreach (var writer in _writers)
            writer.Complete();
        await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"fed {(long)TimeProvider.System.GetElapsedTime(started).TotalMilliseconds}"));
    }

    public void Dispose()
    {
        foreach (var writer in _writers)
            writer.Dispose();
    }

    private void FeedTo(long due)
    {
        Span<byte> bytes = stackalloc byte[Order.Bytes];
        var nowMs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        for (; _written < due; _written++)
        {
            var source = _written % PaymentEvery == 0 ? PaymentSource : (int)(_written % 2);
            new Order(source, _random.Next(Keys), _writers[source].End, _random.NextInt64(-1_000_000, 1_000_000), nowMs).Write(bytes);
            _writers[source].Append(bytes);
        }
#pragma warning restore CA5394

        foreach (var writer in _writers)
            writer.Flush(durable: false);
    }
}
