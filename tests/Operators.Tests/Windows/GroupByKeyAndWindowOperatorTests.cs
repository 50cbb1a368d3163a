using CsCheck;
using Millrace.Data;

namespace Millrace.Operators.Windows;

public sealed class GroupByKeyAndWindowOperatorTests() : OperatorTests(typeof(GroupByKeyAndWindowOperator<,>))
{
    [Fact]
    public void Gives_the_values_of_each_key_oldest_first() =>
        For(() => new GroupByKeyAndWindowOperator<string, int>(2, 1)).Shown<string, int>()
            .Feed(("a", 3), ("a", 1))
            .ExpectNothing()
            .EndEpoch()
            .Expect(("a", "3,1"))
            .Feed(("b", 1))
            .Feed(("a", 2))
            .EndEpoch()
            .ExpectAnyOrder(("a", "3,1,2"), ("b", "1"))
            .EndEpoch()
            .ExpectAnyOrder(("a", "2"), ("b", "1"))
            .EndEpoch()
            .ExpectNothing()
            .Run();

    [Fact]
    public void A_slide_does_not_look_for_every_key_in_every_batch_of_the_window()
    {
        var inShort = HashesOf(windowBatches: 20);
        var inLong = HashesOf(windowBatches: 2000);

        Assert.InRange(inLong, inShort, 2 * inShort);
    }

    [Fact]
    public void Groups_windows_like_linq() => Gen.Select(Batches.Pairs, Batches.Windows).Sample((batches, window) =>
    {
        var harness = For(() => new GroupByKeyAndWindowOperator<string?, int>(window.Window, window.Slide)).Shown<string?, int>();
        harness.Play(batches, batch =>
        {
            if (batch % window.Slide != 0)
                harness.ExpectNothing();
            else
                harness.ExpectAnyOrder([.. Batches.Window(batches, batch, window.Window)
                    .GroupBy(row => row.Key, (key, rows) => (key, string.Join(',', rows.Select(row => row.Value))))]);
        });
    }, iter: 200);

    /// <summary>How often keys were hashed in ten slides, with keys of their own in each.</summary>
    private long HashesOf(int windowBatches)
    {
        var before = CountedKey.Hashes;
        var harness = For(() => new GroupByKeyAndWindowOperator<CountedKey, int>(windowBatches, 1));
        for (var batch = 0; batch < 10; batch++)
        {
            var seen = (batch + 1) * 10;
            harness.Feed(Enumerable.Range(batch * 10, 10).Select(id => (new CountedKey(id), id)).ToArray())
                .EndEpoch()
                .ExpectThat<(CountedKey Key, IReadOnlyList<int> Values)>($"{seen} keys", rows => rows.Count == seen);
        }

        harness.Run();
        return CountedKey.Hashes - before;
    }

    private readonly record struct CountedKey(int Id) : IStableKey
    {
        // The harness runs on the caller's thread.
        [ThreadStatic]
        private static long _hashes;

        public static long Hashes => _hashes;

        public ulong StableHash()
        {
            _hashes++;
            return (ulong)Id;
        }
    }
}
