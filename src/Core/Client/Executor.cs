namespace Millrace.Client;

/// <summary>One life of an actor that computes partitions of datasets. What was computed on it and is kept goes with it.</summary>
/// <remarks>Thread-safe. Its rows lie in the memory of the process that it is in: whoever keeps them beside it asks <see cref="IsLost"/> before using them.</remarks>
/// <param name="number">Its number among the executors of its job, from 0; the next life has the same.</param>
public sealed class Executor(int number)
{
    private volatile bool _isLost;

    /// <summary>Its number among the executors of its job, from 0.</summary>
    public int Number => number;

    /// <summary>Whether it has ended, so that what it computed has to be computed again.</summary>
    public bool IsLost => _isLost;

    /// <summary>Ends it. Called by whoever runs it.</summary>
    public void Lose() => _isLost = true;
}
