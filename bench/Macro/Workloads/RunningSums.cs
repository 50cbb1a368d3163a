using System.Diagnostics;

namespace Millrace.Bench.Macro.Workloads;

/// <summary>The plain loop that W2 and W5 are checked against: keys are numbers, so the state is an array.</summary>
internal static class RunningSums
{
    /// <param name="keyHashes">Hash of each key by its number.</param>
    /// <param name="entries">Key number of each entry of the pool.</param>
    /// <param name="valueOf">Value of the pool's i-th entry.</param>
    /// <param name="batchEntries">Entries per batch; divides the pool.</param>
    /// <param name="batchCount">Batches of the run.</param>
    /// <param name="kind">What the checksum covers.</param>
    public static ulong Checksum(
        ulong[] keyHashes, int[] entries, Func<int, long> valueOf, int batchEntries, long batchCount, ResultKind kind)
    {
        var checksum = new ResultChecksum();
        var sums = new long[keyHashes.Length];
        var lastBatch = new long[keyHashes.Length];
        Array.Fill(lastBatch, -1);
        for (long batch = 0; batch < batchCount; batch++)
        {
            var start = (int)(batch % (entries.Length / batchEntries)) * batchEntries;
            for (var i = start; i < start + batchEntries; i++)
            {
                var key = entries[i];
                sums[key] += valueOf(i);
                lastBatch[key] = batch;
                if (kind == ResultKind.EveryRecord) checksum.Add(keyHashes[key], sums[key]);
            }

            if (kind is ResultKind.TablePerBatch) AddWhere(static last => last >= 0);
            if (kind is ResultKind.ChangesPerBatch) AddWhere(last => last == batch);
            if (kind is ResultKind.ChangesPerThirtyBatches && (batch % 30 == 29 || batch == batchCount - 1)) AddWhere(last => last >= batch / 30 * 30);
        }

        switch (kind)
        {
            case ResultKind.Final: AddWhere(static last => last >= 0); break;
            case ResultKind.EveryRecord: checksum.EndBatch(); break;
            case ResultKind.TablePerBatch or ResultKind.ChangesPerBatch or ResultKind.ChangesPerThirtyBatches: break;
            default: throw new UnreachableException($"A result kind of running sums expected, {kind} found.");
        }

        return checksum.Value;

        void AddWhere(Func<long, bool> isIncluded)
        {
            for (var key = 0; key < sums.Length; key++)
            {
                if (isIncluded(lastBatch[key])) checksum.Add(keyHashes[key], sums[key]);
            }

            checksum.EndBatch();
        }
    }
}
