using Millrace.Data;
using Millrace.Operators;
using Millrace.State;

namespace Millrace.Testing;

/// <summary>Operators that break the contract in one way each, and the way of running that finds it.</summary>
public sealed class OperatorHarnessTests
{
    [Fact]
    public void Names_way_step_expected_and_found()
    {
        var harness = OperatorHarness.For(() => new Relay()).Feed(1, 2, 3).Expect(1, 5, 3);

        var failure = Assert.Throws<HarnessException>(harness.Run);

        Assert.Equal(
            "Relay, way 'plain', step 2 (expect 3 rows from port 0): [1, 5, 3] expected, [1, 2, 3] found; row 1: 5 expected, 2 found.",
            failure.Message);
    }

    [Fact]
    public void Names_missing_and_surplus_rows_where_order_does_not_matter()
    {
        var harness = OperatorHarness.For(() => new Relay()).Feed(1, 2, 2, 3).ExpectAnyOrder(3, 4, 2, 1);

        var failure = Assert.Throws<HarnessException>(harness.Run);

        Assert.EndsWith("missing [4], surplus [2].", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Finds_output_that_nobody_expected() => Fails(
        OperatorHarness.For(() => new Relay()).Feed(1, 2).Expect(1, 2).Feed(3),
        "'plain', end of the script: nothing more expected from port 0, [3] found");

    [Fact]
    public void Compares_every_port() => Fails(
        OperatorHarness.For(() => new Relay(port: 2)).Feed(1).ExpectFrom(2, 1).ExpectNothing().Feed(7).ExpectFrom(2, 8),
        "'plain', step 5 (expect 1 rows from port 2): [8] expected, [7] found");

    [Fact]
    public void Feeds_every_port() =>
        OperatorHarness.For(() => new Concatenation())
            .FeedTo(0, "left")
            .FeedTo(1, 4)
            .Expect("left", "4")
            .Run();

    [Fact]
    public void Asks_for_the_row_type_that_is_given() => Fails(
        OperatorHarness.For(() => new Relay()).Feed(1).Expect("1"),
        "'plain', step 2 (expect 1 rows from port 0): output port 0 gives Int32, String expected");

    [Fact]
    public void Finds_output_that_depends_on_batches() => Fails(
        OperatorHarness.For(() => new BatchCount()).Feed(1, 2).Expect(1),
        "'one row per batch', step 2 (expect 1 rows from port 0): [1] expected, [1, 1] found");

    [Fact]
    public void Finds_a_write_to_a_view() => Fails(
        OperatorHarness.For(() => new ViewWriter()).Feed(1, 2).Expect(1, 2),
        "'batches that are views', step 1 (feed 2 rows to port 0): the operator wrote to a batch that is a view on somebody else's rows");

    [Fact]
    public void Finds_a_write_to_a_batch_that_was_passed_on() => Fails(
        OperatorHarness.For(() => new ReusedBuffer()).Feed(1, 2, 3).Expect(1, 2, 3),
        "'an output that takes one batch at a time', step 1 (feed 3 rows to port 0): port 0 was given [1, 2], and [3, 2] found in that batch later");

    [Fact]
    public void Finds_a_field_that_a_failed_record_leaves_behind() => Fails(
        OperatorHarness.For(() => new FieldSum()).Feed(1, 2).EndEpoch().Expect(3),
        "'every batch taken back once', step 3 (expect 1 rows from port 0): [3] expected, [6] found");

    [Fact]
    public void Finds_a_field_that_is_not_reset_when_an_epoch_rolls_back() => Fails(
        OperatorHarness.For(() => new FieldCount()).Feed(1, 2).EndEpoch().Expect(2),
        "'every epoch rolled back and run again', step 3 (expect 1 rows from port 0): [2] expected, [4] found");

    [Fact]
    public void Finds_state_that_lives_in_a_field() => Fails(
        OperatorHarness.For(() => new FieldTotal()).Feed(1).EndEpoch().Expect(1).Feed(1).EndEpoch().Expect(2),
        "'every epoch rolled back and run again', step 3 (expect 1 rows from port 0): [1] expected, [2] found");

    [Fact]
    public void Finds_state_that_no_table_keeps() => Fails(
        OperatorHarness.For(() => new FieldMaximum()).Feed(5).EndEpoch().Expect(5).Feed(1).EndEpoch().Expect(5),
        "'restored from deltas after every epoch', step 6 (expect 1 rows from port 0): [5] expected, [1] found");

    [Fact]
    public void Finds_durable_state_in_a_transient_table() => Fails(
        OperatorHarness.For(() => new ForgetfulTotal()).Feed(1).EndEpoch().Expect(1).Feed(1).EndEpoch().Expect(2),
        "'plain', step 6 (expect 1 rows from port 0): [2] expected, [1] found");

    [Fact]
    public void Finds_a_table_that_is_fetched_late() => Fails(
        OperatorHarness.For(() => new LateTable()).Feed(1).EndEpoch(),
        "'plain', step 2 (end epoch): LateTable asked for its table late after it was open, in OnOpen expected");

    [Fact]
    public void Finds_rows_that_are_not_flushed() => Fails(
        OperatorHarness.For(() => new Hoarder()).Feed(1),
        "'plain', step 1 (feed 1 rows to port 0): Hoarder returned with 1 rows open in output port 0, none expected");

    [Fact]
    public void Finds_a_batch_that_is_not_released() => Fails(
        OperatorHarness.For(() => new Leak()).Feed(1, 2),
        "'plain', step 1 (feed 2 rows to port 0): Leak neither passed on nor released a batch of 2 rows");

    [Fact]
    public void Finds_a_factory_that_gives_the_same_instance_again()
    {
        var relay = new Relay();

        Fails(OperatorHarness.For(() => relay).Feed(1).Expect(1), "A fresh operator from every call of the factory expected, the same one again found.");
    }

    [Fact]
    public void Leaves_the_exception_of_a_user_function_as_it_is()
    {
        var harness = OperatorHarness.For(() => new Thrower()).Feed(1);

        Assert.Throws<UserFunctionException>(harness.Run);
    }

    [Fact]
    public void Repeats_random_numbers_and_the_clock_of_an_epoch() =>
        OperatorHarness.For(() => new Dice())
            .Feed(1, 2, 3)
            .EndEpoch()
            .ExpectThat<long>("the same throws in every way", SameAsBefore())
            .Feed(4)
            .EndEpoch()
            .ExpectThat<long>("the same throws in every way", SameAsBefore())
            .Run();

    [Fact]
    public void Runs_operators_in_a_row() =>
        OperatorHarness.For(() => new Relay())
            .Then(() => new BatchCount())
            .Then(() => new Relay())
            .Feed(1)
            .EndEpoch()
            .Expect(1)
            .Run();

    private static void Fails(OperatorHarness harness, string message)
    {
        var failure = Assert.Throws<HarnessException>(harness.Run);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    private static Func<IReadOnlyList<long>, bool> SameAsBefore()
    {
        IReadOnlyList<long>? before = null;
        return rows => rows.SequenceEqual(before ??= rows);
    }

    private sealed class Relay(int port = 0) : Operator, IInput<int>
    {
        public void OnBatch(Batch<int> batch) => Context.Output<int>(port).Send(batch);

        protected override void OnOpen() => Context.Output<int>(port);
    }

    private sealed class Concatenation : Operator, IInput<string>, IInput<int>
    {
        public override IInput<T> Input<T>(int port) => (IInput<T>)(object)this;

        public void OnBatch(Batch<string> batch) => Context.Output<string>().Send(batch);

        public void OnBatch(Batch<int> batch)
        {
            foreach (var row in batch.Rows)
                Context.Output<string>().Add($"{row}");
            batch.Release();
            Context.Output<string>().Flush();
        }
    }

    private sealed class BatchCount : Operator, IInput<int>
    {
        public void OnBatch(Batch<int> batch)
        {
            batch.Release();
            Context.Output<int>().Send(Batch<int>.Of(1));
        }
    }

    private sealed class ViewWriter : Operator, IInput<int>
    {
        public void OnBatch(Batch<int> batch)
        {
            var copy = batch.Copy();
            ref var first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(batch.Rows);
            first = batch.IsView ? -1 : first;
            batch.Release();
            Context.Output<int>().Send(copy);
        }
    }

    private sealed class ReusedBuffer : Operator, IInput<int>
    {
        private readonly int[] _buffer = new int[1024];

        public void OnBatch(Batch<int> batch)
        {
            batch.Rows.CopyTo(_buffer);
            var count = batch.Count;
            batch.Release();
            Context.Output<int>().Send(Batch<int>.View(_buffer, 0, count));
        }

        protected override void OnOpen() => Context.Output<int>();
    }

    private sealed class FieldSum : Operator, IInput<int>
    {
        private int _sum;

        public void OnBatch(Batch<int> batch)
        {
            foreach (var row in batch.Rows)
                _sum += row;
            batch.Release();
        }

        public override void OnEpoch(EpochInfo epoch)
        {
            Context.Output<int>().Send(Batch<int>.Of(_sum));
            _sum = 0;
        }

        public override void OnRollBack() => _sum = 0;
    }

    private sealed class FieldCount : Operator, IInput<int>
    {
        private int _count;

        public void OnBatch(Batch<int> batch)
        {
            _count += batch.Count;
            batch.Release();
        }

        public override void OnEpoch(EpochInfo epoch)
        {
            Context.Output<int>().Send(Batch<int>.Of(_count));
            _count = 0;
        }
    }

    private sealed class FieldTotal : Operator, IInput<int>
    {
        private int _total;
        private ScratchList<int> _received = null!;

        public void OnBatch(Batch<int> batch)
        {
            _received.AddRange(batch.Rows);
            batch.Release();
        }

        public override void OnEpoch(EpochInfo epoch)
        {
            foreach (var row in _received.Rows)
                _total += row;
            Context.Output<int>().Send(Batch<int>.Of(_total));
        }

        protected override void OnOpen() => _received = Context.State.Scratch<int>("received");
    }

    // A maximum is the same after a run again, so only a restore finds it out.
    private sealed class FieldMaximum : Operator, IInput<int>
    {
        private int _maximum;

        public void OnBatch(Batch<int> batch)
        {
            foreach (var row in batch.Rows)
                _maximum = Math.Max(_maximum, row);
            batch.Release();
        }

        public override void OnEpoch(EpochInfo epoch) => Context.Output<int>().Send(Batch<int>.Of(_maximum));
    }

    private sealed class ForgetfulTotal : Operator, IInput<int>
    {
        private ValueTable<int, int> _total = null!;

        public void OnBatch(Batch<int> batch)
        {
            foreach (var row in batch.Rows)
                _total.GetOrAdd(0, out _) += row;
            batch.Release();
        }

        public override void OnEpoch(EpochInfo epoch) => Context.Output<int>().Send(Batch<int>.Of(_total.GetOrAdd(0, out _)));

        protected override void OnOpen() => _total = Context.State.Value<int, int>("total", transient: true);
    }

    private sealed class LateTable : Operator, IInput<int>
    {
        public void OnBatch(Batch<int> batch) => batch.Release();

        public override void OnEpoch(EpochInfo epoch) => Context.State.Value<int, long>("late");
    }

    private sealed class Hoarder : Operator, IInput<int>
    {
        public void OnBatch(Batch<int> batch)
        {
            Context.Output<int>().AddRange(batch.Rows);
            batch.Release();
        }
    }

    private sealed class Leak : Operator, IInput<int>
    {
        public void OnBatch(Batch<int> batch)
        {
        }
    }

    private sealed class Thrower : Operator, IInput<int>
    {
        public void OnBatch(Batch<int> batch) => throw new FormatException("no");
    }

    private sealed class Dice : Operator, IInput<int>
    {
        private Output<long> _output = null!;

        public void OnBatch(Batch<int> batch)
        {
            foreach (var _ in batch.Rows)
                _output.Add(Context.Random.Next(1_000_000));
            batch.Release();
            _output.Flush();
        }

        public override void OnEpoch(EpochInfo epoch)
        {
            _output.Add(epoch.NowMs);
            _output.Add(Context.Random.Next(1_000_000));
            _output.Flush();
        }

        protected override void OnOpen() => _output = Context.Output<long>();
    }
}
