using Millrace.Connectors;
using Millrace.Data;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Refuses the first epoch with one reason after the other, then takes it and all that follow.</summary>
/// <param name="reasons">Why, in order.</param>
/// <param name="isReached">Whether it refuses to write, as far as it can be reached; otherwise its watermark can't be read.</param>
internal sealed class RefusingSink<T>(IReadOnlyList<string> reasons, bool isReached) : ISink<T>
{
    private readonly TaskCompletionSource _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _refused;
    private long _watermark;

    public string Description => "refusing";

    public SinkCapability Capability => SinkCapability.Transactional;

    /// <summary>Ends when an epoch is in.</summary>
    public Task Taken => _taken.Task;

    public int Refused => _refused;

    public ISinkWriter<T> Open(SinkContext context) => new Writer(this);

    private bool IsReached => isReached;

    private string? NextReason() => _refused < reasons.Count ? reasons[_refused++] : null;

    private sealed class Writer(RefusingSink<T> sink) : StagedSinkWriter<T>
    {
        public override long? ReadWatermark() =>
            !sink.IsReached && sink.NextReason() is { } reason ? throw new TransientFaultException(reason) : sink._watermark;

        protected override void Apply(SinkCommit commit, IReadOnlyList<Batch<T>> rows)
        {
            if (sink.NextReason() is { } reason)
            {
                commit.Warn!(reason);
                commit.Complete(SinkOutcome.Unknown, 0);
                return;
            }

            sink._watermark = commit.Epoch.Epoch.Number;
            commit.Complete(SinkOutcome.Applied, sink._watermark);
            sink._taken.TrySetResult();
        }
    }
}
