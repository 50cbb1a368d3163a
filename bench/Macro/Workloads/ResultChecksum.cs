namespace Millrace.Bench.Macro.Workloads;

/// <summary>
/// Folds a program's results into one number. Within a batch the order of the entries doesn't matter, the order of
/// the batches does. A program calls <see cref="Add(string, long)"/> per emitted entry and <see cref="EndBatch"/> after each batch
/// (once at the end for <see cref="ResultKind.Final"/> and <see cref="ResultKind.EveryRecord"/>). Not thread-safe.
/// </summary>
internal sealed class ResultChecksum
{
    private ulong _batch;

    public ulong Value { get; private set; }

    public static ulong Hash(ReadOnlySpan<char> word)
    {
        var hash = 0xCBF29CE484222325;
        foreach (var c in word) hash = (hash ^ c) * 0x100000001B3;
        return hash;
    }

    public static ulong Hash(long key) => (ulong)key * 0xD6E8FEB86659FD93;

    public void Add(string word, long count) => Add(Hash(word), count);

    public void Add(long key, long sum) => Add(Hash(key), sum);

    public void Add(ulong keyHash, long value)
    {
        var mixed = keyHash + ((ulong)value * 0x9E3779B97F4A7C15);
        mixed = (mixed ^ (mixed >> 32)) * 0xBF58476D1CE4E5B9;
        _batch += mixed ^ (mixed >> 29);
    }

    public void AddTable(IEnumerable<KeyValuePair<string, long>> counts)
    {
        foreach (var (word, count) in counts) Add(word, count);
        EndBatch();
    }

    public void AddTable(Dictionary<long, long> sums)
    {
        foreach (var (key, sum) in sums) Add(key, sum);
        EndBatch();
    }

    /// <param name="counts">Per key from 0; keys that did not occur have no entry.</param>
    public void AddTable(ReadOnlySpan<long> counts)
    {
        for (var key = 0; key < counts.Length; key++)
        {
            if (counts[key] > 0) Add(key, counts[key]);
        }

        EndBatch();
    }

    public void EndBatch()
    {
        Value = (Value * 0x2545F4914F6CDD1D) + _batch;
        _batch = 0;
    }
}
