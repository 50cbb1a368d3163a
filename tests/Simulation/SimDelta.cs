namespace Millrace.Simulation;

/// <summary>One task's delta of one epoch, with what the checker needs to judge it.</summary>
internal sealed class SimDelta
{
    /// <summary>Of a source: the reader that ran the range.</summary>
    public string? Reader { get; init; }

    /// <summary>Records of a volatile range that this reader never had.</summary>
    public long Lost { get; init; }

    /// <summary>Inputs in order of arrival; for a source its records.</summary>
    public required long[] Inputs { get; init; }

    /// <summary>Hash of the items taken, per input channel.</summary>
    public required ulong[] InputHash { get; init; }

    /// <summary>Hash of the items sent, per consumer.</summary>
    public required ulong[] OutputHash { get; init; }

    /// <summary>After-images of the touched cells.</summary>
    public required (int Cell, long Value)[] After { get; init; }

    public required long[] SinkRows { get; init; }
}
