using System.Diagnostics;
using Millrace.Client;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Runtime.Tests.Support;

namespace Millrace.Runtime.Tests.Jobs;

/// <summary>Each exchange in a running job: every row arrives once, at a partition where it may, whatever throws.</summary>
public sealed class ExchangeJobTests
{
    private const int Receivers = 4;
    private const int Keys = 30;

    private readonly NumberSource _source = new(splits: 2, epochs: 5, recordsPerEpoch: 500);
    private readonly LedgerSink<(int Split, int Number, int Partition)> _sink = new();
    private int _throws;

    [Theory]
    [InlineData(ExchangeKind.Rescale, Place.Nowhere)]
    [InlineData(ExchangeKind.Rescale, Place.Receiver)]
    [InlineData(ExchangeKind.Direct, Place.Nowhere)]
    [InlineData(ExchangeKind.Direct, Place.Receiver)]
    [InlineData(ExchangeKind.Direct, Place.Exchange)]
    [InlineData(ExchangeKind.TwoChoice, Place.Nowhere)]
    [InlineData(ExchangeKind.TwoChoice, Place.Receiver)]
    [InlineData(ExchangeKind.TwoChoice, Place.Exchange)]
    [InlineData(ExchangeKind.LocalOrShuffle, Place.Nowhere)]
    [InlineData(ExchangeKind.LocalOrShuffle, Place.Receiver)]
    [InlineData(ExchangeKind.Custom, Place.Nowhere)]
    [InlineData(ExchangeKind.Custom, Place.Receiver)]
    [InlineData(ExchangeKind.Custom, Place.Exchange)]
    public async Task Every_row_arrives_once_and_where_it_may(ExchangeKind kind, Place fault)
    {
        _throws = fault == Place.Nowhere ? 0 : 1;

        var job = await RunAsync(ExchangeBy(kind, number => Throw(number, fault == Place.Exchange)), number => Throw(number, fault == Place.Receiver));

        Assert.Equal(fault == Place.Nowhere ? 0 : 1, job.Counters.Attempts);
        var arrived = _sink.Rows.Select(entry => entry.Row).ToList();
        Assert.Equal(_source.Rows, arrived.Select(row => (row.Split, row.Number)).Order());
        Assert.Equal(Receivers, arrived.Select(row => row.Partition).Distinct().Count());
        AssertAllowed(kind, arrived);
    }

    [Theory]
    [InlineData(ExchangeKind.Direct)]
    [InlineData(ExchangeKind.Custom)]
    public async Task A_number_that_is_no_partition_fails_the_job_and_names_operator_number_and_range(ExchangeKind kind)
    {
        var failure = await Assert.ThrowsAsync<JobFailedException>(() => RunAsync(ExchangeBy(kind, OutOfRange), _ => { }));

        Assert.Matches(
            """^.*Operator tag\(numbers\): partition -3 found for a row of its input, 0 to 3 expected\. \(three tries; key [01]; numbers, split [01], offset 777, epoch 2\)$""",
            failure.Message);
    }

    [Theory]
    [InlineData(ExchangeKind.Direct)]
    [InlineData(ExchangeKind.Custom)]
    public async Task A_row_without_a_partition_meets_the_policy_of_the_operator_behind_the_exchange(ExchangeKind kind)
    {
        var job = await RunAsync(ExchangeBy(kind, OutOfRange), _ => { }, ErrorPolicy.Skip);

        Assert.Equal(2, job.Counters.RecordsSkipped);
        var arrived = _sink.Rows.Select(entry => entry.Row).ToList();
        Assert.Equal(_source.Rows.Where(row => row.Number != 777), arrived.Select(row => (row.Split, row.Number)).Order());
        AssertAllowed(kind, arrived);
    }

    [Fact]
    public async Task A_block_of_a_rescale_fails_alone()
    {
        _throws = 1;
        var ran = new int[2];

        await RunAsync(
            Exchange<(int Split, int Number)>.Rescale,
            number => Throw(number, true),
            onRow: split => Interlocked.Increment(ref ran[split]));

        Assert.True(Array.Exists(ran, rows => rows == _source.RecordsPerSplit), $"Rows at work {string.Join('+', ran)}, once {_source.RecordsPerSplit} of a split expected.");
        Assert.True(Array.Exists(ran, rows => rows > _source.RecordsPerSplit), $"Rows at work {string.Join('+', ran)}, more of the other split expected.");
    }

    // A remainder of it is as far out of range.
    private static int OutOfRange(int number) => number == 777 ? -3 : number;

    private int Throw(int number, bool here)
    {
        // In the middle of a batch and of an epoch.
        if (here && number == 777 && Interlocked.Decrement(ref _throws) >= 0)
            throw new FormatException("once");
        return number;
    }

    private static Exchange<(int Split, int Number)> ExchangeBy(ExchangeKind kind, Func<int, int> found) => kind switch
    {
        ExchangeKind.Rescale => Exchange<(int Split, int Number)>.Rescale,
        ExchangeKind.Direct => Exchange<(int Split, int Number)>.Direct(row => found(row.Number) % Receivers),
        ExchangeKind.TwoChoice => Exchange<(int Split, int Number)>.TwoChoice(new NumberPartitioner(found)),
        ExchangeKind.LocalOrShuffle => Exchange<(int Split, int Number)>.LocalOrShuffle,
        ExchangeKind.Custom => Exchange<(int Split, int Number)>.Custom(new ModuloSelector<(int Split, int Number)>(row => found(row.Number))),
        _ => throw new UnreachableException(),
    };

    private static void AssertAllowed(ExchangeKind kind, IReadOnlyList<(int Split, int Number, int Partition)> arrived)
    {
        switch (kind)
        {
            case ExchangeKind.Rescale:
                Assert.All(arrived, row => Assert.Equal(row.Split, row.Partition / 2));
                break;
            case ExchangeKind.Direct or ExchangeKind.Custom:
                Assert.All(arrived, row => Assert.Equal(row.Number % Receivers, row.Partition));
                break;
            case ExchangeKind.TwoChoice:
                Assert.All(arrived.GroupBy(row => row.Number % Keys), key => Assert.InRange(key.Select(row => row.Partition).Distinct().Count(), 1, 2));
                break;
        }
    }

    private async Task<IJob> RunAsync(
        Exchange<(int Split, int Number)> exchange, Action<int> onNumber, ErrorPolicy? policy = null, Action<int>? onRow = null)
    {
        await using var host = await TestHost.StartAsync();
        var options = new NodeOptions { Parallelism = Receivers, OnError = policy };
        var graph = new StreamGraph();
        var tagged = graph.AddOperator<(int Split, int Number), (int Split, int Number, int Partition)>(
            "tag", graph.AddSource("numbers", _source), () => new TagOperator(onNumber, onRow), options, exchange);
        graph.AddSink("ledger", tagged, _sink);
        var job = await host.StartAsync(graph, TestHost.Often);
        await job.Completion.WaitAsync(TestHost.Patience);
        return job;
    }

    /// <summary>Where a function throws.</summary>
    public enum Place
    {
        Nowhere,
        Exchange,
        Receiver,
    }

    /// <summary>Says at which partition each row is.</summary>
    private sealed class TagOperator(Action<int> onNumber, Action<int>? onRow) : Operator, IInput<(int Split, int Number)>
    {
        public void OnBatch(Batch<(int Split, int Number)> batch)
        {
            var output = Context.Output<(int, int, int)>();
            foreach (var (split, number) in batch.Rows)
            {
                onRow?.Invoke(split);
                output.Add((split, number, Context.Partition.Number));
                onNumber(number);
            }

            batch.Release();
            output.Flush();
        }

        protected override void OnOpen() => Context.Output<(int, int, int)>();
    }

    /// <summary>Few keys, and what a hash of the user may throw.</summary>
    private sealed class NumberPartitioner(Func<int, int> found) : KeyGroupSelector<(int Split, int Number)>
    {
        private readonly KeyType<int> _keys = KeyType.Of<int>();

        public override TResult Accept<TResult>(IRowKeyVisitor<(int Split, int Number), TResult> visitor) => visitor.Visit(row => row.Number);

        public override void FindKeyGroups(ReadOnlySpan<(int Split, int Number)> rows, Span<int> groups, int keyGroups)
        {
            for (var row = 0; row < rows.Length; row++)
                groups[row] = _keys.KeyGroupOf(found(rows[row].Number) % Keys, keyGroups);
        }
    }
}
