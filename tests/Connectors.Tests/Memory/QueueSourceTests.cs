using System.Collections.Concurrent;
using Millrace.Connectors.Memory;
using Millrace.Data;

namespace Millrace.Connectors.Tests.Memory;

public sealed class QueueSourceTests
{
    private readonly ConcurrentQueue<int[]> _queue = new();

    [Fact]
    public void Splits_share_every_array_evenly()
    {
        var readers = Open(new QueueSource<int>(_queue, oneAtATime: false), 3);
        _queue.Enqueue([.. Enumerable.Range(0, 10)]);
        _queue.Enqueue([10, 11]);

        var shares = readers.Select(reader => Read(reader, 0, Poll(reader, 1))).ToArray();

        Assert.Equal(Enumerable.Range(0, 12), shares.SelectMany(share => share).Order());
        Assert.All(shares, share => Assert.InRange(share.Count, 3, 5));
    }

    [Fact]
    public void One_array_an_epoch_whoever_asks()
    {
        var readers = Open(new QueueSource<int>(_queue), 2);
        _queue.Enqueue([1, 2]);
        _queue.Enqueue([3, 4]);

        Assert.Equal(1, Poll(readers[0], 1));
        Assert.Equal(1, Poll(readers[0], 1));
        Assert.Equal(1, Poll(readers[1], 1));
        Assert.Equal(2, Poll(readers[1], 2));
        Assert.Equal(2, Poll(readers[0], 2));
        Assert.Equal([1, 3], Read(readers[0], 0, 2));
        Assert.Equal([2, 4], Read(readers[1], 0, 2));
    }

    [Fact]
    public void All_arrays_that_are_there_an_epoch()
    {
        var reader = Open(new QueueSource<int>(_queue, oneAtATime: false), 1)[0];
        _queue.Enqueue([1]);
        _queue.Enqueue([2, 3]);

        Assert.Equal(3, Poll(reader, 1));
        _queue.Enqueue([4]);
        Assert.Equal(4, Poll(reader, 2));
        Assert.Equal(4, Poll(reader, 2));
    }

    [Fact]
    public void Ranges_are_read_again_after_a_rollback()
    {
        var reader = Open(new QueueSource<int>(_queue, oneAtATime: false), 1)[0];
        _queue.Enqueue([.. Enumerable.Range(0, 3000)]);
        _queue.Enqueue([.. Enumerable.Range(3000, 10)]);
        Poll(reader, 1);

        Assert.Equal(Enumerable.Range(0, 3010), Read(reader, 0, 3010));
        Assert.Equal(Enumerable.Range(5, 3000), Read(reader, 5, 3005));
    }

    [Fact]
    public void Release_frees_the_arrays_that_every_split_has_done()
    {
        var readers = Open(new QueueSource<int>(_queue), 2);
        var array = Enqueue();
        Array.ForEach(readers, reader => Poll(reader, 1));

        readers[0].Release(500);
        Collect();
        Assert.True(array.IsAlive);

        readers[1].Release(500);
        Collect();
        Assert.False(array.IsAlive);
        GC.KeepAlive(readers);

        WeakReference Enqueue()
        {
            var rows = new int[1000];
            _queue.Enqueue(rows);
            return new WeakReference(rows);
        }
    }

    [Fact]
    public void Rows_behind_the_released_ones_stay_where_they_were()
    {
        var reader = Open(new QueueSource<int>(_queue, oneAtATime: false), 1)[0];
        _queue.Enqueue([1, 2]);
        _queue.Enqueue([3, 4]);
        Poll(reader, 1);

        reader.Release(3);

        Assert.Equal([4], Read(reader, 3, 4));
    }

    [Fact]
    public void Empty_arrays_and_small_ones_leave_a_split_without_rows()
    {
        var readers = Open(new QueueSource<int>(_queue, oneAtATime: false), 3);
        _queue.Enqueue([]);
        _queue.Enqueue([7]);

        Assert.Equal([7], readers.SelectMany(reader => Read(reader, 0, Poll(reader, 1))));
    }

    [Theory]
    [InlineData(false, new[] { 1L, 2L, 2L })]
    [InlineData(true, new[] { 1L, 1L, 2L })]
    public void Empty_array_is_an_epoch_of_its_own_where_empty_ones_are_shown(bool showsEmpty, long[] ends)
    {
        var reader = new QueueSource<int>(_queue).Open(new SplitContext(new PartitionId(0), 1, _ => { }, ShowsEmptyEpochs: showsEmpty));
        _queue.Enqueue([1]);
        _queue.Enqueue([]);
        _queue.Enqueue([2]);

        Assert.Equal(ends, Enumerable.Range(1, 3).Select(epoch => (Poll(reader, epoch), Poll(reader, epoch)).Item2));
    }

    [Fact]
    public void Source_ends_with_the_first_epoch_that_finds_nothing_where_asked_to()
    {
        var reader = Open(new QueueSource<int>(_queue, endsWhenEmpty: true), 1)[0];
        var endless = Open(new QueueSource<int>(_queue), 1)[0];
        _queue.Enqueue([1]);

        Poll(reader, 1);
        Assert.False(reader.IsFinished);
        Poll(reader, 2);
        Assert.True(reader.IsFinished);
        Poll(endless, 1);
        Assert.False(endless.IsFinished);
    }

    private static ISplitReader<int>[] Open(QueueSource<int> source, int splits) =>
        [.. Enumerable.Range(0, splits).Select(split => source.Open(new SplitContext(new PartitionId(split), splits, _ => { })))];

    private static long Poll(ISplitReader<int> reader, long epoch) => reader.Poll(new Epoch(epoch), 0);

    private static List<int> Read(ISplitReader<int> reader, long from, long to)
    {
        var rows = new List<int>();
        while (from < to)
        {
            var batch = reader.Read(from, to, out from);
            if (batch is null)
                continue;
            rows.AddRange(batch.Rows);
            batch.Release();
        }

        return rows;
    }

    private static void Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
    }
}
