using Millrace.Bench.Macro.Workloads;
using Millrace.DStreams;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class MillraceEngine
{
    // Every record goes as it is to the task of its key, and says which process it comes from: that one of its keys' sums tells how many have crossed.
    // program: millrace crossing hash
    private async Task<ulong> SumWhereKeysAreAsync(Input<AdEvent> input)
    {
        var results = new ResultChecksum();
        var context = NewContext();
        long here = _hosting.Number;
        context.SourceStream("events", new InputSource<AdEvent>(input, batchesPerEpoch: Crossing.EpochBatches))
            .Map(happened => (Key: (long)happened.Campaign, Value: (User: happened.UserId, Sender: here)))
            .CombineByKey(
                first => (Users: first.User, Crossed: first.Sender == here ? 0L : 1L),
                (sum, next) => (sum.Users + next.User, sum.Crossed + (next.Sender == here ? 0 : 1)),
                (left, right) => (left.Users + right.Users, left.Crossed + right.Crossed),
                mapSideCombine: false)
            .ForeachRDD(sums =>
            {
                if (sums.IsEmpty()) return;
                foreach (var (campaign, (users, crossed)) in sums.Collect())
                {
                    results.Add(campaign, users);
                    Crossed += crossed;
                }

                results.EndBatch();
            });
        await RunAsync(context);
        return results.Value;
    }

    // end
}
