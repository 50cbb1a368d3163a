using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>A task as a shell would run it: the real protocol, state with undo lists, credit on every output.</summary>
internal sealed class SimTask
{
    private readonly SimCluster _cluster;
    private readonly SimProcess _process;
    private readonly TaskShape _shape;
    private readonly long[] _cells = new long[SimOperator.Cells];
    private readonly List<Work> _works = [];
    private readonly Stack<Work> _pool = new();
    private readonly List<WorkerMessages.RunEpoch> _plans = [];
    private readonly Queue<SimItem>[] _outbox;
    private readonly int[] _credit;
    private readonly Action<int> _touch;
    private readonly List<ISinkEffect> _sinkEffects = [];
    private readonly ControlMessages.TaskReferences _references;
    private readonly string? _reader;
    private long? _drained;
    private Work? _current;
    private long _position;
    private int _outboxCount;
    private long _stepUs;
    private long _workedUs;

    public SimTask(SimCluster cluster, SimProcess process, WorkerMessages.StartTask start)
    {
        _cluster = cluster;
        _process = process;
        _shape = cluster.Shape.Tasks[start.Task];
        Protocol = new TaskProtocol(start.Task, _shape, start.Generation, start.Base, start.ConsumerGenerations.AsSpan(), cluster.Faults);
        _outbox = [.. _shape.Downstream.Select(_ => new Queue<SimItem>())];
        _credit = new int[_shape.Downstream.Length];
        Array.Fill(_credit, cluster.Options.Credit);
        _touch = Touch;
        _references = start.References;
        _reader = _shape.IsSource ? cluster.NextReader() : null;
        _drained = _shape.IsVolatile && start.References.SourceStart is { IsDraining: true } source ? source.Planned : null;
        if (_shape.IsSink)
        {
            Sink = new SinkProtocol(start.References.Rows, start.Base, start.References.Origin, Math.Max(start.References.Applied, start.References.Image?.Epoch ?? 0), 20, cluster.Faults);
        }
    }

    public TaskProtocol Protocol { get; }

    public SinkProtocol? Sink { get; }

    public int Index => Protocol.Task;

    public bool IsRestored { get; private set; }

    public bool IsRunScheduled { get; set; }

    /// <summary>It does nothing more before.</summary>
    public long BusyUntilUs { get; set; }

    /// <summary>What a source has by now; a volatile one takes nothing more in once it is drained.</summary>
    public long TakenIn => _drained ?? _cluster.Available(Index);

    /// <summary>Undo lists, rows and output that are still held; none when everything is committed.</summary>
    // A sink that has not been asked where it stands may have been given all of it by a former owner, and the job ends without asking again.
    public int Retained => _works.Count + _plans.Count + _outboxCount + (Sink is { Watermark: >= 0 } ? Sink.Pending : 0);

    public void Restored()
    {
        DamageImage();
        if (!Load(_references) && !LoadFormer())
        {
            _cluster.Counters.RestoresAgain++;
            _cluster.TellWorker(_process, new WorkerMessages.RestoreFailed(Index, Protocol.Generation, "A row is gone."));
            return;
        }

        IsRestored = true;
        if (Sink is not null)
        {
            StepSink(new SinkMessages.Start());
        }

        _cluster.TellWorker(_process, new WorkerMessages.TaskReady(Index, Protocol.Generation));
    }

    /// <summary>Now and then, of the last snapshot, and never of two that follow each other.</summary>
    private void DamageImage()
    {
        if (_references is { Image: { } image, Former: { } former }
            && image.Epoch == _cluster.Checker.SnapshotEpoch
            && !(former.Image is { } last && _cluster.Journal.IsDamaged(last.Row))
            && _cluster.Random.OneIn(_cluster.Options.DamagedImage))
        {
            _cluster.Journal.Damage(image.Row);
        }
    }

    private bool LoadFormer()
    {
        if (_references.WithoutImage() is not { } former || !Load(former))
        {
            return false;
        }

        _cluster.Counters.ImagesPassedOver++;
        return true;
    }

    /// <returns>False: a row is gone.</returns>
    private bool Load(ControlMessages.TaskReferences references)
    {
        Array.Clear(_cells);
        if (references.Image is { } reference)
        {
            if (_cluster.Journal.ReadImage(reference.Row) is not { } image)
            {
                return false;
            }

            ((long[])image.Image!).CopyTo(_cells, 0);
            if ((_cluster.Faults & ProtocolFaults.RestoreIgnoresRows) != ProtocolFaults.None)
            {
                return true;
            }
        }

        foreach (var row in references.Rows)
        {
            if (_cluster.Journal.Find(row.Row) is null)
            {
                return false;
            }

            var delta = (SimDelta)_cluster.Journal.Part(row.Row, Index, row.Epoch).Delta!;
            foreach (var (cell, value) in delta.After)
            {
                _cells[cell] = value;
            }
        }

        return true;
    }

    public void Command(IWorkerEffect command)
    {
        switch (command)
        {
            case WorkerMessages.AdoptTask adopt:
                Adopt(adopt);
                break;
            case WorkerMessages.RunEpoch run:
                _cluster.Checker.OnRun(run);
                Protocol.OnPlan(run.Epoch);
                _plans.Add(run);
                break;
            case WorkerMessages.CommitEpoch commit:
                _cluster.Checker.OnCommitTold(Index, commit.Epoch);
                if (Protocol.Commit(commit.Epoch, commit.Previous))
                {
                    Free(commit.Epoch);
                }

                break;
            case WorkerMessages.PollOffsets poll:
                if (poll.IsDraining && _shape.IsVolatile)
                {
                    _drained ??= _cluster.Available(Index);
                }

                var available = TakenIn;
                _cluster.TellWorker(_process, new WorkerMessages.OffsetsPolled(
                    Index, Protocol.Generation, poll.Epoch, available, available == _cluster.Options.RecordsPerSource, Detail: _reader, IsDrained: poll.IsDraining || _drained is not null));
                break;
        }
    }

    public void Grant(int consumer, int generation)
    {
        if (Protocol.ConsumerGeneration(consumer) == generation)
        {
            _credit[consumer]++;
            Flush(consumer);
        }
    }

    /// <summary>One step of work.</summary>
    /// <param name="workUs">What it takes.</param>
    /// <returns>True when there may be more.</returns>
    public bool Run(long workUs)
    {
        _stepUs = workUs;
        if (!IsRestored || _outboxCount > 0)
        {
            return false;
        }

        return _shape.IsSource ? RunSource() : RunInput();
    }

    public void StepSink(ISinkInput input)
    {
        _sinkEffects.Clear();
        Sink!.Step(input, _cluster.NowMs, _sinkEffects);
        foreach (var effect in _sinkEffects)
        {
            _cluster.OnSinkEffect(_process, this, effect);
        }

        if (Sink.NextWakeMs != long.MaxValue)
        {
            _cluster.WakeSink(_process, this, Sink.NextWakeMs);
        }
    }

    private bool RunSource()
    {
        if (!Protocol.MayRun)
        {
            return false;
        }

        _workedUs += _stepUs;
        var plan = PlanOf(Protocol.CurrentEpoch);
        var work = CurrentWork();
        if (work.Inputs.Count == 0)
        {
            _position = plan.Range.Start;
        }

        var isReread = plan.Range.Detail == _reader || (_cluster.Faults & ProtocolFaults.RereadVolatileRange) != ProtocolFaults.None;
        if (plan.Range.IsVolatile && !isReread)
        {
            work.Lost = (_cluster.Faults & ProtocolFaults.ForgetLostRecords) != ProtocolFaults.None ? 0 : plan.Range.End - plan.Range.Start;
        }
        else if (_position < plan.Range.End)
        {
            if (Throws())
            {
                return false;
            }

            var record = SimOperator.Record(Index, _position++);
            work.Inputs.Add(record);
            Emit(SimOperator.RouteSource(record, _outbox.Length), record);
            return true;
        }

        FinishEpoch();
        return true;
    }

    private bool RunInput()
    {
        var inbox = _process.InboxOf(Index, _shape.Inputs.Length);
        var first = _cluster.Random.Below(inbox.Length);
        for (var i = 0; i < inbox.Length; i++)
        {
            var channel = (first + i) % inbox.Length;
            while (inbox[channel].TryPeek(out var item))
            {
                var admission = Protocol.Admit(channel, item.Generation, item.Sequence);
                if (admission == Admission.Hold)
                {
                    break;
                }

                inbox[channel].Dequeue();
                _cluster.SendCredit(_process, _shape.Inputs[channel], Index, item.Generation);
                if (admission == Admission.Take)
                {
                    return Take(channel, item);
                }

                if (admission == Admission.Gap)
                {
                    _cluster.TellWorker(_process, new WorkerMessages.ChannelBroken(Index, Protocol.Generation, "Gap."));
                }
            }
        }

        return false;
    }

    private bool Take(int channel, SimItem item)
    {
        _workedUs += _stepUs;
        if (item.Barrier > 0)
        {
            if (Protocol.OnBarrier(channel, item.Barrier))
            {
                FinishEpoch();
            }

            return true;
        }

        if (Throws())
        {
            return false;
        }

        var work = CurrentWork();
        work.Inputs.Add(item.Value);
        work.InputHash[channel] = SimOperator.Hash(work.InputHash[channel], item.Value);
        var output = SimOperator.Process(_cells, item.Value, _touch, out var route);
        if (_shape.IsSink)
        {
            work.SinkRows.Add(SimChecker.RowOf(item.Value, output));
        }
        else
        {
            Emit((int)(route % (ulong)_outbox.Length), output);
        }

        return true;
    }

    private void FinishEpoch()
    {
        if (Throws())
        {
            return;
        }

        var work = CurrentWork();
        var epoch = Protocol.CurrentEpoch;
        for (var consumer = 0; consumer < _outbox.Length; consumer++)
        {
            Send(consumer, 0, epoch);
        }

        if (Throws())
        {
            return;
        }

        if (PlanOf(epoch).TakesSnapshot)
        {
            _cluster.TellWorker(_process, new WorkerMessages.ImageTaken(Index, Protocol.Generation, epoch, (long[])_cells.Clone(), _cells.Length * 8));
        }

        _cluster.TellWorker(_process, new WorkerMessages.EpochCompleted(Index, Protocol.Generation, epoch, work.Delta(_cells, _reader), 8, new WorkDone(_workedUs, work.Inputs.Count)));
        _workedUs = 0;
        if (Protocol.CompleteEpoch(epoch))
        {
            work.Undo.Clear();
        }

        _current = null;
        _plans.RemoveAll(p => p.Epoch <= epoch);
    }

    private bool Throws()
    {
        if (!_cluster.Random.OneIn(_cluster.ThrowChance))
        {
            return false;
        }

        _cluster.Counters.Throws++;
        Protocol.Fail();
        var kind = _cluster.Random.Below(4) == 0 ? FailureKind.Record : FailureKind.Task;
        if (_cluster.Random.Below(4) == 0)
        {
            // The actor is gone with its state: whatever is left of it must not be used.
            kind = FailureKind.TaskAndState;
            Array.Fill(_cells, -1);
        }

        _cluster.TellWorker(_process, new WorkerMessages.TaskFailed(Index, Protocol.Generation, "Thrown by the operator.", kind));
        return true;
    }

    private void Emit(int consumer, long value)
    {
        var work = _current!;
        work.OutputHash[consumer] = SimOperator.Hash(work.OutputHash[consumer], value);
        Send(consumer, value, 0);
    }

    private void Send(int consumer, long value, long barrier)
    {
        var stamp = Protocol.NextStamp(consumer);
        _outbox[consumer].Enqueue(new SimItem(stamp.Generation, stamp.Sequence, value, barrier));
        _outboxCount++;
        Flush(consumer);
    }

    private void Flush(int consumer)
    {
        while (_credit[consumer] > 0 && _outbox[consumer].TryDequeue(out var item))
        {
            _credit[consumer]--;
            _outboxCount--;
            _cluster.SendItem(_process, Index, _shape.Downstream[consumer], item);
        }
    }

    private void Adopt(WorkerMessages.AdoptTask adopt)
    {
        var generation = Protocol.Generation;
        var committed = Protocol.Committed;
        var adoption = Protocol.Adopt(adopt.Generation, adopt.Base, adopt.ConsumerGenerations.AsSpan());
        for (var epoch = committed + 1; epoch <= adoption.CommitThrough; epoch++)
        {
            Free(epoch);
        }

        if (Protocol.Generation != generation)
        {
            for (var i = _works.Count - 1; i >= 0; i--)
            {
                if (adoption.RollsBack)
                {
                    _works[i].RollBack(_cells);
                }

                Recycle(_works[i]);
            }

            _works.Clear();
            _plans.Clear();
            _current = null;
            _workedUs = 0;
            _outboxCount = 0;
            foreach (var outbox in _outbox)
            {
                outbox.Clear();
            }

            Array.Fill(_credit, _cluster.Options.Credit);
        }

        if (IsRestored)
        {
            _cluster.TellWorker(_process, new WorkerMessages.TaskReady(Index, Protocol.Generation));
        }
    }

    private void Free(long epoch)
    {
        if (_works.Count == 0 || _works[0].Epoch != epoch)
        {
            throw new ViolationException($"I7: task {Index} commits epoch {epoch} and does not hold it.");
        }

        var work = _works[0];
        _works.RemoveAt(0);
        if (Sink is not null)
        {
            StepSink(new SinkMessages.Enqueue(epoch, epoch - 1, work.SinkRows.ToArray()));
        }

        Recycle(work);
    }

    private WorkerMessages.RunEpoch PlanOf(long epoch)
    {
        foreach (var plan in _plans)
        {
            if (plan.Epoch == epoch)
            {
                return plan;
            }
        }

        throw new ViolationException($"I1: task {Index} may run epoch {epoch} and has no plan.");
    }

    private Work CurrentWork()
    {
        if (_current is null)
        {
            if (!_pool.TryPop(out _current))
            {
                _current = new Work(_shape.Inputs.Length, _outbox.Length);
            }

            _current.Epoch = Protocol.CurrentEpoch;
            _works.Add(_current);
        }

        return _current;
    }

    private void Recycle(Work work)
    {
        work.Clear();
        _pool.Push(work);
    }

    private void Touch(int cell)
    {
        foreach (var (known, _) in _current!.Undo)
        {
            if (known == cell)
            {
                return;
            }
        }

        _current.Undo.Add((cell, _cells[cell]));
    }

    /// <summary>One epoch in flight: its undo list, and what becomes its delta.</summary>
    private sealed class Work(int channels, int consumers)
    {
        public long Epoch { get; set; }

        public List<(int Cell, long Before)> Undo { get; } = [];

        public List<long> Inputs { get; } = [];

        public List<long> SinkRows { get; } = [];

        public ulong[] InputHash { get; } = new ulong[channels];

        public ulong[] OutputHash { get; } = new ulong[consumers];

        public long Lost { get; set; }

        public SimDelta Delta(long[] cells, string? reader)
        {
            var after = new (int Cell, long Value)[Undo.Count];
            for (var i = 0; i < after.Length; i++)
            {
                after[i] = (Undo[i].Cell, cells[Undo[i].Cell]);
            }

            return new SimDelta
            {
                Reader = reader,
                Lost = Lost,
                Inputs = Inputs.ToArray(),
                InputHash = [.. InputHash],
                OutputHash = [.. OutputHash],
                After = after,
                SinkRows = SinkRows.ToArray(),
            };
        }

        public void RollBack(long[] cells)
        {
            for (var i = Undo.Count - 1; i >= 0; i--)
            {
                cells[Undo[i].Cell] = Undo[i].Before;
            }
        }

        public void Clear()
        {
            Lost = 0;
            Undo.Clear();
            Inputs.Clear();
            SinkRows.Clear();
            Array.Clear(InputHash);
            Array.Clear(OutputHash);
        }
    }
}
