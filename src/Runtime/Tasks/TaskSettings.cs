using Microsoft.Extensions.Logging;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Runtime.Exchange;

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

    /// <summary>Makes tasks fail where a test wants it. <value>Default null.</value></summary>
    public ITaskFaults? Faults { get; init; }
}
