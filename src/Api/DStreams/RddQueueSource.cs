using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Millrace.Connectors;
using Millrace.Data;
using Millrace.DStreams.Rdds;

namespace Millrace.DStreams;

/// <summary>RDDs from a queue of this process, as they are: each epoch takes one of them, or all that are there. Offsets count RDDs.</summary>
/// <remarks>Those of epochs in flight are kept, so that a failed task computes them again; the process's end loses them (not replayable).</remarks>
internal sealed class RddQueueSource<T>(ConcurrentQueue<Rdd<T>> queue, bool oneAtATime) : ISource<Rdd<T>>
{
    /// <inheritdoc/>
    public string Description => "queue";

    /// <inheritdoc/>
    public bool IsReplayable => false;

    /// <inheritdoc/>
    public int? Splits => 1;

    /// <inheritdoc/>
    public ISplitReader<Rdd<T>> Open(SplitContext context) => new Reader(queue, oneAtATime);

    private sealed class Reader(ConcurrentQueue<Rdd<T>> queue, bool oneAtATime) : ISplitReader<Rdd<T>>
    {
        private readonly List<Rdd<T>> _kept = [];
        private long _first;
        private long _polledEpoch;
        private bool _foundNothing;

        /// <inheritdoc/>
        public bool IsFinished => false;

        /// <inheritdoc/>
        /// <remarks>Asked again for the same epoch, it takes what has come where it found nothing, or takes all there are.</remarks>
        public long Poll(Epoch epoch, long nowMs)
        {
            if (epoch.Number > _polledEpoch || _foundNothing || !oneAtATime)
            {
                (_polledEpoch, _foundNothing) = (epoch.Number, true);
                while (queue.TryDequeue(out var rdd))
                {
                    _kept.Add(rdd ?? throw new SourceFailedException("queue: an RDD expected, null found; enqueue Rdd.EmptyRdd for an empty batch."));
                    _foundNothing = false;
                    if (oneAtATime)
                        break;
                }
            }

            return _first + _kept.Count;
        }

        /// <inheritdoc/>
        public Batch<Rdd<T>>? Read(long from, long to, out long next)
        {
            next = Math.Min(to, from + Batch<Rdd<T>>.FullSize);
            var rdds = CollectionsMarshal.AsSpan(_kept)[(int)(from - _first)..(int)(next - _first)].ToArray();
            return Batch<Rdd<T>>.View(rdds, 0, rdds.Length);
        }

        /// <inheritdoc/>
        public void Release(long offset)
        {
            _kept.RemoveRange(0, (int)(offset - _first));
            _first = offset;
        }

        /// <inheritdoc/>
        public void Dispose()
        {
        }
    }
}
