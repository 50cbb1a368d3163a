using Microsoft.Extensions.Logging;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Exchange;
using Millrace.Serialization;

namespace Millrace.Runtime.Tasks;

/// <summary>What all tasks of a job share.</summary>
internal sealed record TaskSettings
{
    public required JobId Job { get; init; }

    public required TaskTopology Topology { get; init; }

    public required int CreditBatches { get; init; }

    public required TimeSpan BatchDelayMax { get; init; }

    public required ErrorPolicy OnError { get; init; }

    public required ChannelMeter Meter { get; init; }

    public required RecordCounts Counts { get; init; }

    public required ILogger Logger { get; init; }

    public required JobClock Clock { get; init; }

    /// <summary>Whether the journal outlives the process, so that tasks hand over what they changed.</summary>
    public required bool IsDurable { get; init; }

    /// <summary>How state and rows become bytes.</summary>
    public required CodecCatalog Codecs { get; init; }

    /// <summary>Makes tasks fail where a test wants it. <value>Default null.</value></summary>
    public ITaskFaults? Faults { get; init; }
}
