using System.Collections.Immutable;
using static Millrace.Runtime.Protocol.ControlMessages;

namespace Millrace.Runtime.Protocol;

/// <summary>The writer of the process's rows: one append outstanding, an unknown outcome looked up.</summary>
internal sealed partial class WorkerProtocol
{
    private readonly JournalStream _stream;
    private readonly List<WrittenRow> _rows = [];
    private JournalRows.EpochDeltas? _writing;
    private long _nextNumber = 1;
    private long _retryAtMs = long.MaxValue;
    private long _request;

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
                Append(effects);
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

    private void Append(List<IWorkerEffect> effects) => effects.Add(new JournalMessages.Append(_stream, _nextNumber, [_writing!]));

    private void LookUpRow(List<IWorkerEffect> effects)
    {
        _retryAtMs = long.MaxValue;
        effects.Add(new JournalMessages.Read(_stream, _nextNumber, ++_request));
    }

    private void OnAppended(JournalMessages.Appended appended, long nowMs, List<IWorkerEffect> effects)
    {
        if (_writing is null || appended.FirstNumber != _nextNumber || _retryAtMs != long.MaxValue)
        {
            return;
        }

        if (appended.Outcome == AppendOutcome.Ok
            || (appended.Outcome == AppendOutcome.Unknown && (_faults & ProtocolFaults.UnknownWriteIsSuccess) != ProtocolFaults.None))
        {
            OnDurable(appended.NextNumber, effects);
        }
        else if (appended.Outcome == AppendOutcome.Conflict)
        {
            LookUpRow(effects);
        }
        else
        {
            _retryAtMs = nowMs + _options.JournalRetryMs;
        }
    }

    private void OnRowsRead(JournalMessages.RowsRead read, List<IWorkerEffect> effects)
    {
        if (_writing is null || read.Request != _request)
        {
            return;
        }

        _request++;
        if (read.Rows.IsEmpty)
        {
            Append(effects);
        }
        else if (read.Rows[0].Row is JournalRows.EpochDeltas row && row.Epoch == _writing.Epoch)
        {
            OnDurable(read.Rows[0].NextNumber, effects);
        }
        else
        {
            End(new WorkerMessages.StandDown($"Row {_nextNumber} of {_stream} was written by somebody else."), effects);
        }
    }

    private void OnDurable(long nextNumber, List<IWorkerEffect> effects)
    {
        var row = _writing!;
        var number = _nextNumber;
        _nextNumber = nextNumber;
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
                acks.Add(new TaskAck(part.Task, part.Generation, row.Epoch, new RowAddress(_self, number)));
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
                acks.Add(new TaskAck(task, held.Generation, delta.Epoch, new RowAddress(_self, delta.Row)));
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
