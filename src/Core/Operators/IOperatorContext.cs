using Millrace.Data;
using Millrace.State;
using Millrace.Time;

namespace Millrace.Operators;

/// <summary>What an operator sees of the runtime. Used on the task's thread only.</summary>
public interface IOperatorContext
{
    /// <summary>The operator's stable id.</summary>
    OperatorId Operator { get; }

    /// <summary>Which slice of the operator this is, and of how many.</summary>
    PartitionId Partition { get; }

    int Parallelism { get; }

    /// <summary>The epoch being processed: its number, its processing time, its seed.</summary>
    EpochInfo Epoch { get; }

    /// <summary>The merged watermark of the task's inputs; <see cref="Watermark.Minimum"/> where no source gives any.</summary>
    Watermark Watermark { get; }

    /// <summary>Random numbers that a run again repeats.</summary>
    Random Random { get; }

    /// <summary>The operator's keyed state on this partition.</summary>
    IKeyedState State { get; }

    /// <summary>The output port <paramref name="port"/>, counted from 0. The same object at every call.</summary>
    Output<T> Output<T>(int port = 0);
}
