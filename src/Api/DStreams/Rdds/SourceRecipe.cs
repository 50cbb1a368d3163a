namespace Millrace.DStreams.Rdds;

/// <summary>Rows that are there: of a batch, of an array, or of a checkpoint.</summary>
internal sealed class SourceRecipe<T>(string kind, IReadOnlyList<IEnumerable<T>> partitions) : Recipe<T>
{
    public override string Kind => kind;

    public override int Partitions => partitions.Count;

    public override IReadOnlyList<Dependency> Dependencies => [];

    public override IEnumerable<T> Compute(int partition) => partitions[partition];
}
