using System.Threading.Channels;
using Akka;
using Akka.Streams;
using Akka.Streams.Dsl;
using Millrace.Connectors.Adapters;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Adapters;

public sealed class InputSourceTests
{
    private const int Many = 20_000;

    private static readonly Dictionary<string, Func<IEnumerable<int>, long, InputSource<int>>> Kinds = new(StringComparer.Ordinal)
    {
        ["async sequence"] = (records, max) => new AsyncEnumerableSource<int>(Async(records), bufferedRecordsMax: max),
        ["channel"] = (records, max) => new ChannelSource<int>(ChannelOf(records), bufferedRecordsMax: max),
        ["observable"] = (records, max) => new ObservableSource<int>(new TestObservable(records), bufferedRecordsMax: max),
        ["stream"] = (records, max) => new AkkaStreamSource<int>(Source.From(records), bufferedRecordsMax: max),
    };

    public static TheoryData<string> KindNames => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task Records_come_in_order_through_little_room_and_then_the_source_is_finished(string kind)
    {
        using var harness = new InputHarness(Kinds[kind](Enumerable.Range(0, Many), 100));

        Assert.Equal(Enumerable.Range(0, Many), await harness.TakeAll());
    }

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task Input_is_held_up_while_nothing_is_released(string kind)
    {
        var taken = 0;
        using var harness = new InputHarness(Kinds[kind](Enumerable.Range(0, Many).Select(record => taken = record), 100));
        await Waiting.For(() => harness.Poll() >= 100, "a full log");

        // What comes after the log was full can only be what was on its way.
        Assert.InRange(harness.Poll(), 100, 100 + 2 * InputSource<int>.BlockRecords);
        Assert.Equal(Enumerable.Range(0, Many), await harness.TakeAll());
        Assert.Equal(Many - 1, taken);
    }

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task Empty_input_is_finished_at_once(string kind)
    {
        using var harness = new InputHarness(Kinds[kind]([], 100));

        Assert.Empty(await harness.TakeAll());
    }

    [Theory]
    [MemberData(nameof(KindNames))]
    public async Task Input_that_fails_fails_the_job_in_one_line(string kind)
    {
        using var harness = new InputHarness(Kinds[kind](Failing(), 100));

        var message = await harness.Failed();

        Assert.Contains($"Source {kind}: its input failed: FormatException: bad record", message, StringComparison.Ordinal);
        Assert.Equal([1], await harness.TakeAtLeast(0));
    }

    [Theory]
    [InlineData("async sequence")]
    [InlineData("channel")]
    public async Task Drained_input_loses_nothing_that_it_has_given(string kind)
    {
        var given = 0;
        var channel = Channel.CreateUnbounded<int>();
        async IAsyncEnumerable<int> Numbers()
        {
            while (true)
            {
                await Task.Yield();
                for (var i = 0; i < 100; i++)
                    yield return given++;
            }
        }

        if (kind == "channel")
        {
            for (; given < Many; given++)
                channel.Writer.TryWrite(given);
        }

        using var harness = new InputHarness(kind == "channel" ? new ChannelSource<int>(channel.Reader) : new AsyncEnumerableSource<int>(Numbers()));
        var first = await harness.TakeAtLeast(1);

        await harness.Reader.DrainAsync(CancellationToken.None).WaitAsync(Waiting.Timeout);

        var rest = await harness.TakeAtLeast(0);
        Assert.Equal(given - channel.Reader.Count, first.Count + rest.Count);
        Assert.False(harness.Reader.IsFinished);
    }

    [Theory]
    [InlineData("async sequence")]
    [InlineData("observable")]
    public async Task Disposed_reader_ends_an_endless_input(string kind)
    {
        var ended = new TaskCompletionSource();
        using var harness = new InputHarness(Kinds[kind](Endless(ended), 100));
        await harness.TakeAtLeast(1);

        harness.Dispose();

        await ended.Task.WaitAsync(Waiting.Timeout);
    }

    [Fact]
    public async Task Disposed_reader_ends_an_endless_stream()
    {
        var ended = new TaskCompletionSource();
        var stream = Source.Repeat(1).WatchTermination((_, termination) =>
        {
            termination.GetAwaiter().OnCompleted(ended.SetResult);
            return NotUsed.Instance;
        });
        using var harness = new InputHarness(new AkkaStreamSource<int>(stream, bufferedRecordsMax: 100));
        await harness.TakeAtLeast(1);

        harness.Dispose();

        await ended.Task.WaitAsync(Waiting.Timeout);
    }

    [Fact]
    public async Task Stream_of_any_materialized_value_gives_its_elements_and_the_value()
    {
        var queue = new TaskCompletionSource<ISourceQueueWithComplete<int>>();
        using var harness = new InputHarness(AkkaStreamSource.Of(Source.Queue<int>(16, OverflowStrategy.Backpressure), queue.SetResult));

        var offers = await queue.Task.WaitAsync(Waiting.Timeout);
        await offers.OfferAsync(1);
        await offers.OfferAsync(2);
        offers.Complete();

        Assert.Equal([1, 2], await harness.TakeAll());
    }

    [Fact]
    public async Task Error_of_whoever_is_told_of_the_value_fails_the_source_in_one_line()
    {
        using var harness = new InputHarness(AkkaStreamSource.Of(Source.From([1]), _ => throw new FormatException("no value")));

        Assert.Equal("Source stream: its input failed: FormatException: no value", await harness.Failed());
    }

    [Theory]
    [MemberData(nameof(KindNames))]
    public void Wrong_arguments_are_refused(string kind) => Assert.Throws<GraphException>(() => Kinds[kind]([], 0));

    [Fact]
    public void Source_says_what_it_is()
    {
        var source = new ChannelSource<int>(ChannelOf([]), "orders");

        Assert.Equal("channel orders", source.Description);
        Assert.Equal(1, source.Splits);
        Assert.False(source.IsReplayable);
    }

    [Fact]
    public async Task Record_does_not_wait_for_the_next_one()
    {
        var channel = Channel.CreateUnbounded<int>();
        using var sequence = new InputHarness(new AsyncEnumerableSource<int>(channel.Reader.ReadAllAsync()));

        await channel.Writer.WriteAsync(1);
        Assert.Equal([1], await sequence.TakeAtLeast(1));
        await channel.Writer.WriteAsync(2);
        Assert.Equal([2], await sequence.TakeAtLeast(1));
        Assert.False(sequence.Reader.IsFinished);
    }

    private static async IAsyncEnumerable<int> Async(IEnumerable<int> records)
    {
        foreach (var record in records)
        {
            if (record % 1500 == 0)
                await Task.Yield();
            yield return record;
        }
    }

    private static ChannelReader<int> ChannelOf(IEnumerable<int> records)
    {
        var channel = Channel.CreateBounded<int>(10);
        _ = Task.Run(async () =>
        {
            Exception? failure = null;
            try
            {
                foreach (var record in records)
                    await channel.Writer.WriteAsync(record);
            }
            catch (FormatException cause)
            {
                failure = cause;
            }

            channel.Writer.Complete(failure);
        });
        return channel.Reader;
    }

    private static IEnumerable<int> Failing()
    {
        yield return 1;
        throw new FormatException("bad\nrecord");
    }

    private static IEnumerable<int> Endless(TaskCompletionSource ended)
    {
        try
        {
            for (var i = 0; ; i++)
                yield return i;
        }
        finally
        {
            ended.SetResult();
        }
    }
}
