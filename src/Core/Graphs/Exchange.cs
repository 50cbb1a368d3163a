namespace Millrace.Graphs;

/// <summary>The repartitioning rule of an edge for rows of <typeparamref name="T"/>.</summary>
/// <remarks>
/// Functions given here run in the sending tasks, and count as the operator behind the edge: it is named when they throw, and its error
/// policy decides about the record (what is given out at the end of an epoch has none, so there it fails the job). An epoch that runs again
/// asks them again. Nothing needs their answers to be the same: what the first run sent is taken back, wherever it went.
/// </remarks>
public sealed class Exchange<T>
{
    private Exchange(ExchangeKind kind, KeyGroupSelector<T>? keyGroups = null, ChannelSelector<T>? selector = null)
    {
        Kind = kind;
        KeyGroups = keyGroups;
        Selector = selector;
    }

    public static Exchange<T> Forward { get; } = new(ExchangeKind.Forward);

    public static Exchange<T> Broadcast { get; } = new(ExchangeKind.Broadcast);

    public static Exchange<T> Rebalance { get; } = new(ExchangeKind.Rebalance);

    /// <summary>Whole batches in turn within the sender's block of the partitions: cheaper than <see cref="Rebalance"/>, since few channels are there.</summary>
    /// <remarks>
    /// Of N senders and M receivers: each sender has a block of M / N receivers where M is the larger, each receiver has N / M senders where
    /// N is; what does not divide is spread as evenly as it can be. A slow receiver holds up the senders of its block alone.
    /// </remarks>
    public static Exchange<T> Rescale { get; } = new(ExchangeKind.Rescale);

    public static Exchange<T> Global { get; } = new(ExchangeKind.Global);

    /// <summary>Whole batches in turn to the receivers in the sender's process; to all of them where there is none.</summary>
    public static Exchange<T> LocalOrShuffle { get; } = new(ExchangeKind.LocalOrShuffle);

    public ExchangeKind Kind { get; }

    /// <summary>Finds the key groups; only for <see cref="ExchangeKind.Hash"/> and <see cref="ExchangeKind.TwoChoice"/>.</summary>
    public KeyGroupSelector<T>? KeyGroups { get; }

    /// <summary>Finds the partitions; only for <see cref="ExchangeKind.Direct"/> and <see cref="ExchangeKind.Custom"/>.</summary>
    public ChannelSelector<T>? Selector { get; }

    public static Exchange<T> Hash(KeyGroupSelector<T> keyGroups)
    {
        ArgumentNullException.ThrowIfNull(keyGroups);
        return new(ExchangeKind.Hash, keyGroups);
    }

    /// <summary>Each row goes to the partition that <paramref name="partitionOf"/> names, counted from 0.</summary>
    /// <remarks>A number that is no partition of the receiver is an error of that row, like a throw. Called by all senders at once, each on its own thread.</remarks>
    public static Exchange<T> Direct(Func<T, int> partitionOf)
    {
        ArgumentNullException.ThrowIfNull(partitionOf);
        return new(ExchangeKind.Direct, selector: new DirectSelector<T>(partitionOf));
    }

    /// <summary>Partial key grouping: each row goes to one of two partitions that its key has, to the one to which this sender has sent fewer rows.</summary>
    /// <remarks>
    /// <para>Spreads a key that is far more frequent than others. A key's rows are on two partitions, the same two for every sender, so what is
    /// kept by key there is a part, to be merged behind a <see cref="Hash"/>. The counts are not kept over a restart, and a run again does not take them back.</para>
    /// <para>M. A. U. Nasir et al., The Power of Both Choices: Practical Load Balancing for Distributed Stream Processing Engines, ICDE 2015.</para>
    /// </remarks>
    public static Exchange<T> TwoChoice(KeyGroupSelector<T> keyGroups)
    {
        ArgumentNullException.ThrowIfNull(keyGroups);
        return new(ExchangeKind.TwoChoice, keyGroups);
    }

    /// <summary>Each row goes to the partition that <paramref name="selector"/> finds; the contract is in <see cref="ChannelSelector{T}"/>.</summary>
    public static Exchange<T> Custom(ChannelSelector<T> selector)
    {
        ArgumentNullException.ThrowIfNull(selector);
        return new(ExchangeKind.Custom, selector: selector);
    }
}
