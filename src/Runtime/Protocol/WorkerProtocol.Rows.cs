using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>The writer of the process's rows: one append outstanding, an unknown outcome looked up.</summary>
internal sealed partial class WorkerProtocol
{
    private readonly List<WrittenRow> _rows = [];
    private readonly RowAppender _deltaWriter;
    private readonly RowAppender _imageWriter;

    /// <summary>Writes the row of the first uncommitted epoch that all tasks have passed and that is not durable for each of them.</summary>
    private void WriteNextRow(List<IWorkerEffect> effects)
    {
        for (var epoch = _committed + 1; _deltaWriter.Writing is null && epoch <= _plannedThrough; epoch++)
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
                _deltaWriter.Append(RowOf(epoch, count), effects);
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

    /// <summary>Writes the next image that is not durable yet. Images never hold up the rows of epochs.</summary>
    private void WriteNextImage(List<IWorkerEffect> effects)
    {
        for (var task = 0; _imageWriter.Writing is null && task < _held.Length; task++)
        {
            if (_held[task]?.Image is { Row: 0 } image)
            {
                _imageWriter.Append(new JournalRows.TaskImage(image.Epoch, task, image.Generation, image.Image), effects);
            }
        }
    }

    private void OnWritten((JournalRows.Row Row, long Number)? written, List<IWorkerEffect> effects)
    {
        if (_deltaWriter.IsForeign || _imageWriter.IsForeign)
        {
            End(new WorkerMessages.StandDown($"A row of process {_self} was written by somebody else."), effects);
            return;
        }

        switch (written)
        {
            case (JournalRows.EpochDeltas row, var number):
                OnDurable(row, number, effects);
                break;
            case (JournalRows.TaskImage image, var number):
                OnDurable(image, number, effects);
                break;
        }
    }

    private void OnDurable(JournalRows.TaskImage written, long number, List<IWorkerEffect> effects)
    {
        if (_held[written.Task]?.Image is { } image && image.Epoch == written.Epoch && image.Generation == written.Generation)
        {
            image.Row = number;
            image.Image = null;
            effects.Add(new WorkerMessages.Send(new ImageWritten(_self, image.Ack(written.Task, _self))));
        }
    }

    private void OnDurable(JournalRows.EpochDeltas row, long number, List<IWorkerEffect> effects)
    {
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
                acks.Add(new TaskAck(part.Task, part.Generation, row.Epoch, new RowAddress(_self, number), delta.Bytes));
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
                acks.Add(new TaskAck(task, held.Generation, delta.Epoch, new RowAddress(_self, delta.Row), delta.Bytes));
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
