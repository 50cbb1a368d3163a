using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Exchange;

public sealed class OutputGateTests
{
    private readonly OperatorId _asker = new("sum");

    [Theory]
    [InlineData(ExchangeKind.Rebalance)]
    [InlineData(ExchangeKind.Rescale)]
    [InlineData(ExchangeKind.LocalOrShuffle)]
    public void Whole_batches_go_to_all_in_turn(ExchangeKind kind)
    {
        var receivers = Receivers("lll");
        var gate = Gate<int>(receivers, kind);

        for (var batch = 0; batch < 6; batch++)
            gate.OnBatch(Batch<int>.View(new int[Batch<int>.FullSize], 0, Batch<int>.FullSize));

        Assert.All(receivers, receiver => Assert.Equal(2, receiver.Messages.Count));
    }

    [Theory]
    [InlineData("lll", "222")]
    [InlineData("rlrl", "0303")]
    [InlineData("rlr", "060")]
    [InlineData("rr", "33")]
    public void Local_or_shuffle_keeps_to_the_receivers_of_its_process_where_there_are_any(string places, string batches)
    {
        var receivers = Receivers(places);
        var gate = Gate<int>(receivers, ExchangeKind.LocalOrShuffle);

        for (var batch = 0; batch < 6; batch++)
            gate.OnBatch(Batch<int>.View(new int[Batch<int>.FullSize], 0, Batch<int>.FullSize));

        Assert.Equal(batches, string.Concat(receivers.Select(receiver => receiver.Messages.Count)));
    }

    [Fact]
    public void Two_choice_gives_a_key_the_same_two_partitions_at_every_sender()
    {
        var found = new HashSet<int>[200];
        for (var key = 0; key < found.Length; key++)
            found[key] = [];
        for (var sender = 0; sender < 3; sender++)
        {
            var receivers = Receivers("lllllll");
            var gate = Gate(receivers, ExchangeKind.TwoChoice, new TwoChoiceSelector<(int Key, int Value)>(new KeyPartitioner<int, int>(), 7));

            for (var round = 0; round < 20; round++)
                gate.OnBatch(Batch<(int Key, int Value)>.Of([.. Enumerable.Range(0, found.Length).Select(key => (key * (sender + 1) % found.Length, round))]));
            gate.Flush();

            for (var receiver = 0; receiver < receivers.Length; receiver++)
            {
                foreach (var row in RowsOf<(int Key, int Value)>(receivers[receiver]))
                    found[row.Key].Add(receiver);
            }
        }

        Assert.All(found, partitions => Assert.InRange(partitions.Count, 1, 2));
        Assert.InRange(found.Count(partitions => partitions.Count == 2), found.Length / 2, found.Length);
        Assert.InRange(found.Select(partitions => string.Join(' ', partitions.Order())).Distinct().Count(), 15, 28);
    }

    [Fact]
    public void Two_choice_halves_a_key_that_is_more_frequent_than_all_others()
    {
        var receivers = Receivers("llll");
        var gate = Gate(receivers, ExchangeKind.TwoChoice, new TwoChoiceSelector<(int Key, int Value)>(new KeyPartitioner<int, int>(), 4));

        for (var batch = 0; batch < 100; batch++)
            gate.OnBatch(Batch<(int Key, int Value)>.Of([.. Enumerable.Range(0, 100).Select(row => (row < 50 ? -1 : row, batch))]));
        gate.Flush();

        var loads = receivers.Select(receiver => RowsOf<(int Key, int Value)>(receiver).Count()).ToArray();
        Assert.Equal(10_000, loads.Sum());
        Assert.Equal(2, receivers.Count(receiver => RowsOf<(int Key, int Value)>(receiver).Any(row => row.Key == -1)));
        Assert.InRange(loads.Max(), 2_500, 3_000);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(int.MinValue)]
    public void A_number_that_is_no_partition_is_an_error_that_says_what_was_expected(int number)
    {
        var gate = Gate(Receivers("lll"), ExchangeKind.Custom, new CheckedSelector<int>(new FixedSelector(1, number), _asker));

        var failure = Assert.Throws<UserFunctionException>(() => gate.OnBatch(Batch<int>.Of(1, 2)));

        Assert.Equal($"Operator sum: partition {number} found for a row of its input, 0 to 2 expected.", failure.Message);
        Assert.Equal(_asker, failure.Operator);
    }

    [Fact]
    public void A_row_that_a_selector_leaves_out_is_an_error()
    {
        var gate = Gate(Receivers("lll"), ExchangeKind.Custom, new CheckedSelector<int>(new FixedSelector(1, 2), _asker));
        gate.OnBatch(Batch<int>.Of(1, 2));

        Assert.Throws<UserFunctionException>(() => gate.OnBatch(Batch<int>.Of(1, 2, 3)));
    }

    [Fact]
    public void A_captured_row_fails_before_it_is_let_go()
    {
        var receivers = Receivers("lll");
        var gate = Gate(receivers, ExchangeKind.Custom, new CheckedSelector<int>(new FixedSelector(3), _asker));

        gate.BeginRow();
        Assert.Throws<UserFunctionException>(() => gate.OnBatch(Batch<int>.Of(1)));
        gate.DropRow();

        Assert.False(gate.HasOpenRows);
    }

    [Fact]
    public void A_captured_row_goes_where_it_was_found_to_go()
    {
        var receivers = Receivers("lll");
        var gate = Gate(receivers, ExchangeKind.Custom, new CheckedSelector<int>(new TurningSelector(), _asker));

        gate.BeginRow();
        gate.OnBatch(Batch<int>.Of(0));
        gate.DropRow();
        for (var row = 1; row <= 3; row++)
        {
            gate.BeginRow();
            gate.OnBatch(Batch<int>.Of(row));
            gate.OnBatch(Batch<int>.Of(row + 10));
            gate.CommitRow();
        }

        gate.OnBatch(Batch<int>.Of(4, 5));
        gate.Flush();

        Assert.Equal(["2 13", "1 12 4", "11 3 5"], receivers.Select(receiver => string.Join(' ', RowsOf<int>(receiver))));
    }

    private static RecordingRef[] Receivers(string places) => [.. places.Select(place => new RecordingRef(isLocal: place == 'l'))];

    private static OutputGate<T> Gate<T>(RecordingRef[] receivers, ExchangeKind kind, ChannelSelector<T>? selector = null)
    {
        var shape = new TaskShape(IsSource: true, IsSink: false, [], [.. Enumerable.Range(1, receivers.Length)]);
        var protocol = new TaskProtocol(0, shape, generation: 0, committed: 0, new int[receivers.Length]);
        var meter = new ChannelMeter();
        OutputChannel[] channels = [.. receivers.Select(receiver => new OutputChannel(PlaceOf(receiver), channel: 0, credits: 1000, meter))];
        for (var output = 0; output < channels.Length; output++)
            channels[output].Start(protocol, output, generation: 0);
        var gate = new OutputGate<T>(channels, kind, selector);
        gate.BeginEpoch(new EpochInfo(new Epoch(1), 0, 0));
        return gate;
    }

    private static TaskPlace PlaceOf(RecordingRef receiver)
    {
        var place = new TaskPlace(receiver);
        if (!receiver.IsLocal)
            place.MoveTo(new RemoteReceiver(receiver));
        return place;
    }

    private static IEnumerable<T> RowsOf<T>(RecordingRef receiver) =>
        receiver.Messages.Cast<ChannelItem>().SelectMany(item => ((Batch<T>)item.Batch!).Rows.ToArray());

    /// <summary>Writes what it is told, whatever the rows are.</summary>
    private sealed class FixedSelector(params int[] numbers) : ChannelSelector<int>
    {
        public override void SelectPartitions(ReadOnlySpan<int> rows, Span<int> partitions, int parallelism) => numbers.CopyTo(partitions);
    }

    /// <summary>Another partition at every row that it is asked about.</summary>
    private sealed class TurningSelector : ChannelSelector<int>
    {
        private int _asked;

        public override void SelectPartitions(ReadOnlySpan<int> rows, Span<int> partitions, int parallelism)
        {
            for (var row = 0; row < rows.Length; row++)
                partitions[row] = _asked++ % parallelism;
        }
    }

    private sealed class RemoteReceiver(RecordingRef receiver) : IRemoteTask
    {
        public void Send(ChannelItem item) => receiver.Messages.Add(item);

        public void Send(Credit credit) => receiver.Messages.Add(credit);
    }
}
