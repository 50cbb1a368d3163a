using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>The writer of the process's rows: one append outstanding, an unknown outcome looked up.</summary>
internal sealed partial class WorkerProtocol
{
    private readonly RowAppender _rowWriter;
    private readonly List<WrittenRow> _rows = [];
    private JournalRows.EpochDeltas? _writing;

    /// <summary>Writes the row of the first uncommitted epoch that all tasks have passed and that is not durable for each of them.</summary>
    private void WriteNextRow(List<IWorkerEffect> effects)
    {
        for (var epoch = _committed + 1; _writing is null && epoch <= _plannedThrough; epoch++)
        {
            var isComplete = true;
            var isDurable = true;
            var count = 0;
            foreach (var held in _held)
            {
                if (held is null)
                {
                    continue;
                }

                count++;
                var delta = Find(held, epoch);
                isComplete &= delta is not null;
                isDurable &= delta is { Row: > 0 };
            }

            if (count == 0 || !isComplete)
            {
                return;
            }

            if (!isDurable)
            {
                _writing = RowOf(epoch, count);
                _rowWriter.Append(_writing, effects);
            }
        }
    }

    private static HeldDelta? Find(HeldTask held, long epoch)
    {
        foreach (var delta in held.Deltas)
        {
            if (delta.Epoch == epoch)
            {
                return delta;
            }
        }

        return null;
    }

    private JournalRows.EpochDeltas RowOf(long epoch, int count)
    {
        var tasks = ImmutableArray.CreateBuilder<JournalRows.TaskDelta>(count);
        for (var task = 0; task < _held.Length; task++)
        {
            if (_held[task] is { } held)
            {
                tasks.Add(new JournalRows.TaskDelta(task, held.Generation, Find(held, epoch)!.Delta));
            }
        }

        return new JournalRows.EpochDeltas(epoch, tasks.MoveToImmutable());
    }

    private static bool IsSameRow(JournalRows.Row written, JournalRows.Row found) =>
        written is JournalRows.EpochDeltas a && found is JournalRows.EpochDeltas b && a.Epoch == b.Epoch;

    private RowAppender WriterOf(JournalStream stream) => stream == _imageWriter.Stream ? _imageWriter : _rowWriter;

    private void OnWritten(RowAppender writer, long number, List<IWorkerEffect> effects)
    {
        if (writer.IsForeign)
        {
            End(new WorkerMessages.StandDown($"A row of {writer.Stream} was written by somebody else."), effects);
        }
        else if (number > 0 && writer == _rowWriter)
        {
            OnDurable(number, effects);
        }
        else if (number > 0)
        {
            OnImageDurable(number, effects);
        }
    }

    private void OnDurable(long number, List<IWorkerEffect> effects)
    {
        var row = _writing!;
        _writing = null;
        if (row.Epoch <= _committed)
        {
            return;
        }

        _rows.Add(new WrittenRow(row.Epoch, number, row.Tasks));
        var acks = ImmutableArray.CreateBuilder<TaskAck>(row.Tasks.Length);
        foreach (var part in row.Tasks)
        {
            // A task that was sent back or went elsewhere in the meantime has nothing to acknowledge.
            if (Holds(part.Task, part.Generation) is { } held && Find(held, row.Epoch) is { } delta && ReferenceEquals(delta.Delta, part.Delta))
            {
                delta.Row = number;
                acks.Add(new TaskAck(part.Task, part.Generation, row.Epoch, new RowAddress(_self, number), delta.Bytes, delta.Work));
            }
        }

        if (acks.Count > 0)
        {
            effects.Add(new WorkerMessages.Send(new Acknowledge(_self, acks.ToImmutable())));
        }
    }

    private void AddAcks(int task, HeldTask held, ImmutableArray<TaskAck>.Builder acks)
    {
        foreach (var delta in held.Deltas)
        {
            if (delta.Row > 0)
            {
                acks.Add(new TaskAck(task, held.Generation, delta.Epoch, new RowAddress(_self, delta.Row), delta.Bytes, delta.Work));
            }
        }
    }

    /// <summary>Does the decision name, for every task held here, a row of this process with the task's present generation?</summary>
    private bool IsNamed(CommittedEpoch epoch)
    {
        for (var task = 0; task < _held.Length; task++)
        {
            if (_held[task] is { } held && !IsOwnRow(epoch.Rows[task], task, held.Generation))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsOwnRow(RowAddress address, int task, int generation)
    {
        if (address.Process != _self)
        {
            return false;
        }

        foreach (var row in _rows)
        {
            if (row.Number == address.Number)
            {
                foreach (var part in row.Tasks)
                {
                    if (part.Task == task)
                    {
                        return part.Generation == generation;
                    }
                }
            }
        }

        return false;
    }

    private readonly record struct WrittenRow(long Epoch, long Number, ImmutableArray<JournalRows.TaskDelta> Tasks);
}
