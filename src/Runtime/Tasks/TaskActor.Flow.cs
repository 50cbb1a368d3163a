using System.Diagnostics;
using Akka.Actor;
using Millrace.Data;
using Millrace.Runtime.Exchange;
using Millrace.Runtime.Protocol;
using Millrace.Time;

namespace Millrace.Runtime.Tasks;

/// <content>How batches move through the task.</content>
internal sealed partial class TaskActor
{
    // Slow functions must not keep barriers and commands waiting for a turn's worth of batches.
    private bool IsTurnLong => Environment.TickCount64 - _turnBeganAtMs > TurnMsMax;

    private bool MayGoOn => _protocol!.MayRun && !_chain!.IsBlocked;

    private void OnItem(ChannelItem item)
    {
        _held[item.Channel].Enqueue(item);
        if (_chain is not null)
            Work();
    }

    /// <summary>Goes on with the current epoch for one turn, as far as input, credit and alignment allow.</summary>
    private void Work()
    {
        if (_continues || _chain is null)
            return;
        _turnBeganAtMs = Environment.TickCount64;
        _lookedAt = Stopwatch.GetTimestamp();
        var moved = _chain.Source is null ? WorkOffItems() : ReadSource();
        if (moved)
        {
            _continues = true;
            Self.Tell(TaskMessages.Continue.Instance);
        }
        else if (!_flushes && _chain.HasOpenRows)
        {
            _flushes = true;
            Self.Tell(TaskMessages.FlushIdle.Instance);
        }
    }

    /// <summary>True when the turn is over and there may be more to do.</summary>
    private bool WorkOffItems()
    {
        WorkOffRest();
        if (_rest is not null)
            return MayGoOn;
        var budget = ItemsPerTurn;
        for (bool progress = true; progress;)
        {
            progress = false;
            for (var channel = 0; channel < _held.Length; channel++)
            {
                while (!_chain!.IsBlocked && _held[channel].TryPeek(out var item) && TakeItem(item, channel))
                {
                    progress = true;
                    if (_rest is not null)
                        return MayGoOn;
                    if (--budget == 0 || IsTurnLong)
                        return true;
                }
            }
        }

        return false;
    }

    /// <summary>Takes or drops the first held item of a channel; false when it must stay.</summary>
    private bool TakeItem(ChannelItem item, int channel)
    {
        switch (_protocol!.Admit(channel, item.Generation, item.Sequence))
        {
            case Admission.Hold:
                return false;
            case Admission.Drop:
                _held[channel].Dequeue();
                Forget(item);
                return true;
            case Admission.Gap:
                throw new TaskFailure(_task, _protocol.Generation, $"items are missing on channel {channel} of {_settings.Topology.IdOf(_task)}", FailureKind.Channel, null);
            default:
                _held[channel].Dequeue();
                OpenEpoch();
                if (item.Batch is null)
                {
                    OnControl(channel, item);
                }
                else
                {
                    // Why before the work: a batch on which the task fails is off its way too.
                    _settings.Meter.WorkedOff();
                    Deliver(_chain!.Inputs[channel], item.Batch, channel, offset: null);
                }

                return true;
        }
    }

    /// <summary>True when the turn is over and there may be more to do.</summary>
    private bool ReadSource()
    {
        WorkOffRest();
        for (var budget = ItemsPerTurn; MayGoOn; budget--)
        {
            if (_rest is not null || budget == 0 || IsTurnLong)
                return true;
            OpenEpoch();
            var run = _runs[_protocol!.CurrentEpoch];
            if (_position < run.Range.End)
            {
                var first = _position;
                var batch = _chain!.Source!.Read(first, run.Range.End, out _position);
                if (batch is null)
                    ObserveSource();
                else
                    Deliver(_chain.SourceInput!, batch, channel: null, first);
            }
            else
            {
                ObserveSource();
                if (run.Range.IsLast)
                    Advance(0, Watermark.Maximum);
                CompleteEpoch();
            }
        }

        return false;
    }

    private void Deliver(ChainInput input, Batch batch, int? channel, long? offset)
    {
        // The time-out is for one batch, not for the turn.
        _activity.Begin();
        _rowsTaken += batch.Count;
        var isRowByRow = _protocol!.CurrentEpoch <= _rowByRowThrough;
        if (!isRowByRow && input.Letters is { HasParked: true } letters)
            batch = letters.Park(batch, PlaceOf(offset));
        if (isRowByRow)
        {
            RunRowByRow(input, batch, offset);
            SendDue();
            OnDelivered(channel);
        }
        else if (batch.Count <= _slices.Rows)
        {
            var rows = batch.Count;
            input.Deliver(batch);
            _slices.Adapt(rows, SendDue());
            OnDelivered(channel);
        }
        else
        {
            _rest = new Rest(input, batch, channel);
            WorkOffRest();
        }
    }

    /// <summary>Goes on with a batch that the chain takes in slices, as far as the turn and credit allow. Nothing else is taken before its end.</summary>
    private void WorkOffRest()
    {
        while (_rest is { } rest && MayGoOn && !IsTurnLong)
        {
            _activity.Begin();
            var rows = Math.Min(_slices.Rows, rest.Batch.Count - rest.First);
            rest.Input.Deliver(rest.Input.SliceOf(rest.Batch, rest.First, rows));
            _slices.Adapt(rows, SendDue());
            rest.First += rows;
            if (rest.First < rest.Batch.Count)
                continue;
            DropRest();
            OnDelivered(rest.Channel);
        }
    }

    private void DropRest()
    {
        _rest?.Batch.Release();
        _rest = null;
    }

    private void OnDelivered(int? channel)
    {
        if (channel is { } number)
            GiveCredit(number);
        else
            ObserveSource();
    }

    /// <summary>Sends half-filled batches that would be late after another step like the last one; gives the time that this one took.</summary>
    /// <remarks>The one look at the clock: once a batch where the chain is fast.</remarks>
    private long SendDue()
    {
        var took = Look();
        var now = _lookedAt;
        // Why twice: the next slice may have twice the rows.
        if (Stopwatch.GetElapsedTime(_flushedAt, now + (2 * took)) > _settings.BatchDelayMax)
            FlushGates(now);
        return took;
    }

    /// <summary>The time since the last look, which is work on the current epoch.</summary>
    private long Look()
    {
        var now = Stopwatch.GetTimestamp();
        var took = now - _lookedAt;
        _lookedAt = now;
        _workedFor += took;
        return took;
    }

    private void RunRowByRow(ChainInput input, Batch batch, long? offset) => _rows!.Run(input, batch, row => PlaceOf(offset + row));

    private string PlaceOf(long? offset) => offset is { } known
        ? $"{_chain!.Source!.Description}, split {_settings.Topology.PartitionOf(_task)}, offset {known}, {_chain.Epoch.Epoch}"
        : _chain!.Epoch.Epoch.ToString();

    /// <summary>Carries out what users ordered: the first thing in an epoch, and again when it runs again.</summary>
    private void CarryOut(LetterOrder order)
    {
        foreach (var input in _chain!.InputsWithLetters)
        {
            foreach (var (batch, place) in input.Letters!.Take(order))
                _rows!.Run(input, batch, _ => place);
        }
    }

    private long TakeLettersAdded()
    {
        var added = 0L;
        foreach (var input in _chain!.InputsWithLetters)
            added += input.Letters!.TakeAdded();
        return added;
    }

    private void OnControl(int channel, ChannelItem item)
    {
        switch (item.Control)
        {
            case ControlItem.Barrier:
                if (_protocol!.OnBarrier(channel, item.Epoch.Epoch.Number))
                    CompleteEpoch();
                break;
            case ControlItem.Watermark watermark:
                Advance(channel, watermark.At);
                break;
            case ControlItem.Idle:
                BecomeIdle(channel);
                break;
        }

        // What that took says nothing about batches.
        Look();
    }

    private void ObserveSource()
    {
        var source = _chain!.Source!;
        if (source.IsIdle)
            BecomeIdle(0);
        else if (source.Watermark is { } watermark && (watermark > _merger.Current || _merger.IsIdle))
            Advance(0, watermark);
    }

    private void Advance(int channel, Watermark watermark)
    {
        var wasIdle = _merger.IsIdle;
        if (_merger.Advance(channel, watermark) || wasIdle)
            _chain!.AdvanceWatermark(_merger.Current);
    }

    private void BecomeIdle(int channel)
    {
        if (_merger.IsIdle)
            return;
        if (_merger.SetIdle(channel))
            _chain!.AdvanceWatermark(_merger.Current);
        if (_merger.IsIdle)
            _chain!.SendControl(ControlItem.Idle.Instance);
    }

    private void ForgetWatermarks(Predicate<long> which)
    {
        foreach (var epoch in _watermarks.Keys.Where(epoch => which(epoch)).ToArray())
            _watermarks.Remove(epoch);
    }

    private void OpenEpoch()
    {
        var current = _protocol!.CurrentEpoch;
        if (_chain!.Epoch.Epoch.Number == current)
            return;
        var run = _runs[current];
        _chain.BeginEpoch(run.Info);
        _chain.Guard = current <= _rowByRowThrough ? _rows : null;
        _watermarks[current] = _merger.Copy();
        _position = run.Range.Start;
        (_workedFor, _rowsTaken) = (0, 0);
        foreach (var order in run.Orders)
            CarryOut(LetterOrder.Parse(order));
    }

    private void CompleteEpoch()
    {
        var epoch = _protocol!.CurrentEpoch;
        _chain!.EndEpoch();
        if (epoch <= _rowByRowThrough)
        {
            // An epoch with an error is likely followed by more: the next one runs record by record too.
            if (_rows!.SawFailure)
                _rowByRowThrough = Math.Max(_rowByRowThrough, epoch + 1);
        }

        _runs[epoch].Skipped = _rows!.TakeSkipped();
        _runs[epoch].DeadLettered = TakeLettersAdded();

        _protocol.CompleteEpoch(epoch);
        Look();
        HandOver(_runs[epoch]);
        Look();
    }

    private void GiveCredit(int channel)
    {
        var due = ++_creditsDue[channel];
        if (due < Math.Max(1, _settings.CreditBatches / 2))
            return;
        _creditsDue[channel] = 0;
        var (sender, output) = _senders[channel];
        _places[sender].Send(new Credit(output, _protocol!.Generation, due));
    }

    private void Forget(ChannelItem item)
    {
        if (item.Batch is null)
            return;
        item.Batch.Release();
        _settings.Meter.WorkedOff();
    }

    /// <summary>Forgets what was sent for an older generation; what a faster sender has sent for the new one stays.</summary>
    private void DropOlderThan(int generation)
    {
        foreach (var items in _held)
        {
            for (var count = items.Count; count > 0; count--)
            {
                var item = items.Dequeue();
                if (item.Generation < generation)
                    Forget(item);
                else
                    items.Enqueue(item);
            }
        }
    }
}
