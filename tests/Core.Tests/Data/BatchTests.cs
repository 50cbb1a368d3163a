using System.Numerics;
using System.Runtime.CompilerServices;
using Millrace.Data;

namespace Millrace.Core.Tests.Data;

public sealed class BatchTests
{
    private const int LargeObjectBytes = 85_000;

    [Fact]
    public void Full_size_is_a_power_of_two_below_the_large_object_heap()
    {
        AssertFullSize<byte>(1024);
        AssertFullSize<long>(1024);
        AssertFullSize<string>(1024);
        AssertFullSize<(string, int)>(1024);
        AssertFullSize<Bytes80>(512);
        AssertFullSize<Bytes5000>(16);
    }

    [Fact]
    public void An_owned_batch_is_written_in_place()
    {
        var batch = Batch<int>.Of(1, 2, 3);

        batch.WritableRows[1] = 20;
        batch.Add(4);
        batch.Extend(2).Fill(5);

        Assert.False(batch.IsView);
        Assert.Equal([1, 20, 3, 4, 5, 5], batch.Rows.ToArray());
    }

    [Fact]
    public void A_view_shows_a_part_of_an_array_and_is_not_written()
    {
        var batch = Batch<int>.View([1, 2, 3, 4], 1, 2);

        Assert.True(batch.IsView);
        Assert.Equal([2, 3], batch.Rows.ToArray());
        Assert.True(batch.WritableRows.IsEmpty);
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(2, 2)]
    public void A_view_stays_within_its_array(int start, int count) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Batch<int>.View([1, 2, 3], start, count));

    [Fact]
    public void Own_takes_over_a_pooled_array()
    {
        var rows = System.Buffers.ArrayPool<int>.Shared.Rent(16);
        (rows[0], rows[1]) = (7, 8);

        var batch = Batch<int>.Own(rows, 2);

        Assert.Equal([7, 8], batch.Rows.ToArray());
        Assert.False(batch.IsFull);
    }

    [Fact]
    public void More_rows_than_a_full_batch_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Batch<int>.Of(new int[Batch<int>.FullSize + 1]));

    [Fact]
    public void A_batch_is_full_at_its_full_size()
    {
        var batch = Batch<int>.Rent(Batch<int>.FullSize);

        batch.Extend(Batch<int>.FullSize - 1);
        Assert.False(batch.IsFull);
        batch.Add(1);
        Assert.True(batch.IsFull);
    }

    [Fact]
    public void Truncate_forgets_what_it_cuts_off()
    {
        var rows = System.Buffers.ArrayPool<string?>.Shared.Rent(16);
        (rows[0], rows[1], rows[2]) = ("a", "b", "c");
        var batch = Batch<string?>.Own(rows, 3);

        batch.Truncate(1);

        Assert.Equal("a", Assert.Single(batch.Rows.ToArray()));
        Assert.True(rows is [_, null, null, ..]);
    }

    [Fact]
    public void Truncate_of_a_view_leaves_the_array()
    {
        string[] rows = ["a", "b", "c"];
        var batch = Batch<string>.View(rows, 1, 2);

        batch.Truncate(1);

        Assert.Equal(["b"], batch.Rows.ToArray());
        Assert.Equal(["a", "b", "c"], rows);
    }

    [Fact]
    public void A_copy_has_rows_of_its_own()
    {
        int[] rows = [1, 2, 3, 4];
        var copy = Batch<int>.View(rows, 1, 2).Copy();

        rows[1] = 20;

        Assert.False(copy.IsView);
        Assert.Equal([2, 3], copy.Rows.ToArray());
    }

    [Fact]
    public void A_copy_outlives_the_release_of_its_origin()
    {
        var batch = Batch<string>.Of("a", "b");
        var copy = batch.Copy();

        batch.Release();

        Assert.Equal(["a", "b"], copy.Rows.ToArray());
    }

    [Fact]
    public void Release_forgets_rows_and_leaves_the_array_of_a_view()
    {
        var pooled = System.Buffers.ArrayPool<string?>.Shared.Rent(16);
        pooled[0] = "a";
        var owned = Batch<string?>.Own(pooled, 1);
        string[] rows = ["b"];
        var view = Batch<string>.View(rows, 0, 1);

        owned.Release();
        view.Release();

        Assert.Null(pooled[0]);
        Assert.Equal(["b"], rows);
        Assert.Equal((0, 0), (owned.Count, view.Count));
    }

    [Fact]
    public void A_second_release_gives_nothing_back_twice()
    {
        var batch = Batch<int>.Of(1);
        batch.Release();
        batch.Release();

        // Would be one array, were it in the pool twice.
        Assert.NotSame(System.Buffers.ArrayPool<int>.Shared.Rent(16), System.Buffers.ArrayPool<int>.Shared.Rent(16));
    }

    [Fact]
    public void Sides_go_along_with_copies_parts_and_cuts()
    {
        var batch = Batch<string>.Of("a", "b", "c");
        Assert.False(batch.HasSides);
        new long[] { 1, 2, 3 }.CopyTo(batch.AttachTimes());
        new[] { ChangeKind.Insert, ChangeKind.UpdateBefore, ChangeKind.UpdateAfter }.CopyTo(batch.AttachChanges());
        var (copy, row) = (batch.Copy(), batch.RowAt(2));
        batch.Truncate(1);

        Assert.Equal([1, 2, 3], copy.Times);
        Assert.Equal([3], row.Times);
        Assert.Equal([ChangeKind.UpdateAfter], row.Changes.ToArray());
        Assert.Equal([1], batch.Times);
        batch.Release();
        Assert.False(batch.HasSides);
        Assert.Equal([ChangeKind.Insert, ChangeKind.UpdateBefore, ChangeKind.UpdateAfter], copy.Changes.ToArray());
    }

    private static void AssertFullSize<T>(int expected)
    {
        Assert.Equal(expected, Batch<T>.FullSize);
        Assert.True(BitOperations.IsPow2(Batch<T>.FullSize));
        Assert.True(System.Buffers.ArrayPool<T>.Shared.Rent(Batch<T>.FullSize).Length * Unsafe.SizeOf<T>() < LargeObjectBytes);
    }

    [InlineArray(10)]
    private struct Bytes80
    {
        private long _first;
    }

    [InlineArray(625)]
    private struct Bytes5000
    {
        private long _first;
    }
}
