using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>How a <see cref="FileSink{T}"/> cuts its files and its manifest.</summary>
public sealed record FileSinkOptions
{
    private const long FileBytesMin = 1 << 10;
    private const int CompactEveryLimit = 10_000;

    /// <summary>The size from which on the rows of an epoch go to a further file.</summary>
    /// <value>Default 128 MB; at least 1 KB.</value>
    public long FileBytesMax { get; init; } = 128 << 20;

    /// <summary>How many epochs the manifest keeps in a file each before it puts them into one.</summary>
    /// <value>Default 100; from 2 to 10,000.</value>
    public int CompactEvery { get; init; } = 100;

    internal void Validate(string description)
    {
        if (FileBytesMax < FileBytesMin)
            throw new GraphException($"{description}: FileBytesMax {FileBytesMax} found, {FileBytesMin} or more expected; correct it.");
        if (CompactEvery is < 2 or > CompactEveryLimit)
            throw new GraphException($"{description}: CompactEvery {CompactEvery} found, 2 to {CompactEveryLimit} expected; correct it.");
    }
}
