namespace Millrace.Bench.Macro.Workloads;

/// <summary>When a program emits results, and so what its checksum covers. Each kind has its own expected value.</summary>
internal enum ResultKind
{
    /// <summary>The table of all keys once, at the end of the input.</summary>
    Final,

    /// <summary>The table of all keys so far, after each <see cref="Input{T}.BatchSize"/> records.</summary>
    TablePerBatch,

    /// <summary>The keys that occurred in the batch with their running value, after each <see cref="Input{T}.BatchSize"/> records.</summary>
    ChangesPerBatch,

    /// <summary>The same for each thirty batches (3,000,000 records, about 100 ms of work), and for the rest at the end.</summary>
    ChangesPerThirtyBatches,

    /// <summary>The keys of the window with their count, after each slide.</summary>
    WindowPerSlide,

    /// <summary>The keys of each window that the pool holds, with their count over four passes (32,000,000 records, about 100 ms of work), and over the rest at the end.</summary>
    WindowPerFourPasses,

    /// <summary>The most frequent words of the window with their count, after each slide.</summary>
    TopPerSlide,

    /// <summary>The running value of its key for each record (W2: for each word).</summary>
    EveryRecord,
}
