using Microsoft.Extensions.Logging;
using Millrace.Data;
using Millrace.Graphs;
using Millrace.Operators;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.State;
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

    /// <summary>Whether an epoch without records runs.</summary>
    public required bool ShowsEmptyEpochs { get; init; }

    /// <summary>Most dead letters of one input of a task.</summary>
    public required int DeadLettersMax { get; init; }

    public required ChannelMeter Meter { get; init; }

    public required RecordCounts Counts { get; init; }

    public required ILogger Logger { get; init; }

    public required JobClock Clock { get; init; }

    /// <summary>Whether the journal outlives the process, so that tasks hand over what they changed.</summary>
    public required bool IsDurable { get; init; }

    /// <summary>Cancelled when the job stops and sources are waited for no longer. <value>Default: never.</value></summary>
    public CancellationToken StopsSoon { get; init; }

    /// <summary>Where the job keeps what outlives the process; null where nothing does.</summary>
    public string? CheckpointDirectory { get; init; }

    /// <summary>How state and rows become bytes.</summary>
    public required CodecCatalog Codecs { get; init; }

    /// <summary>Reads state for whoever asks from outside.</summary>
    public required TableReaders Tables { get; init; }

    /// <summary>What happens to a record on which an operator fails.</summary>
    public ErrorPolicy PolicyOf(StreamNode node) => node.Options.OnError ?? OnError;

    /// <summary>Makes tasks fail where a test wants it. <value>Default null.</value></summary>
    public ITaskFaults? Faults { get; init; }
}
