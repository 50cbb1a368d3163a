namespace Millrace.DStreams.Rdds;

/// <summary>The rows of a partition go to one target after the other, from a place that is the partition's own.</summary>
internal sealed class RoundRobinRoute<TRow>(int targets) : Route<TRow>
{
    public override int Targets => targets;

    public override Func<TRow, int> From(int partition)
    {
        var next = (int)new SeededRandom(0, partition).Next(targets);
        return _ => next = next + 1 < targets ? next + 1 : 0;
    }
}
