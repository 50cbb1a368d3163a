namespace Millrace.State;

/// <summary>The undo lists of the epochs in flight, oldest first, and the scope that touches are stamped with.</summary>
/// <remarks>
/// A scope is a number that only grows; an epoch and each mark open a new one. An entry whose stamp is the current scope has been
/// recorded in it. A transient table has an epoch number of no meaning and records between <see cref="Mark"/> and the end of that scope.
/// </remarks>
internal sealed class UndoLog<TRecord>(bool isTransient)
    where TRecord : struct
{
    private readonly Stack<TRecord[]> _pool = new();
    private readonly List<EpochLog<TRecord>> _epochs = [];
    private long _lastEpoch = long.MinValue;
    private int _openMarks;

    internal long Scope { get; private set; }

    /// <value>The list that touches go to; null when none is recorded.</value>
    internal EpochLog<TRecord>? Current { get; private set; }

    internal bool IsEmpty => _epochs.Count == 0;

    internal int Count
    {
        get
        {
            var count = 0;
            foreach (var log in _epochs)
            {
                count += log.Count;
            }

            return count;
        }
    }

    /// <summary>Opens a scope without a mark.</summary>
    internal long Renew() => ++Scope;

    internal void BeginEpoch(long epoch)
    {
        if (isTransient)
        {
            Reset();
            return;
        }

        if (epoch <= _lastEpoch)
        {
            throw new InvalidOperationException($"An epoch after {_lastEpoch} expected, {epoch} begun.");
        }

        _lastEpoch = epoch;
        Open(epoch);
    }

    internal long Mark()
    {
        if (isTransient && Current is null)
        {
            Open(epoch: 0);
        }

        _openMarks++;
        Scope++;
        return Current?.Count ?? throw NoEpoch();
    }

    /// <summary>Closes a scope and takes the changes since its mark off the list, by <paramref name="undo"/>, newest first.</summary>
    internal void UndoTo(long mark, Action<TRecord> undo)
    {
        var log = Current ?? throw NoEpoch();
        if (mark < 0 || mark > log.Count)
        {
            throw new InvalidOperationException($"A mark of epoch {log.Epoch} up to {log.Count} expected, {mark} found.");
        }

        while (log.Count > mark)
        {
            undo(log.Pop());
        }

        Release();
    }

    internal void Release()
    {
        if (--_openMarks <= 0 && isTransient)
        {
            Reset();
        }
    }

    internal void RollBackTo(long epoch, Action<TRecord> undo)
    {
        while (_epochs.Count > 0 && _epochs[^1].Epoch > epoch)
        {
            var log = _epochs[^1];
            while (log.Count > 0)
            {
                undo(log.Pop());
            }

            log.Free();
            _epochs.RemoveAt(_epochs.Count - 1);
        }

        _lastEpoch = epoch;
        Close();
    }

    internal void Commit(long epoch)
    {
        var done = 0;
        while (done < _epochs.Count && _epochs[done].Epoch <= epoch)
        {
            if (ReferenceEquals(_epochs[done], Current))
            {
                Close();
            }

            _epochs[done++].Free();
        }

        _epochs.RemoveRange(0, done);
    }

    internal EpochLog<TRecord>? Find(long epoch) => _epochs.Find(log => log.Epoch == epoch);

    /// <summary>The lists of later epochs, oldest first.</summary>
    internal List<EpochLog<TRecord>> After(long epoch) => _epochs.FindAll(log => log.Epoch > epoch);

    internal InvalidOperationException NoEpoch() =>
        new($"An open epoch expected, none found after epoch {_lastEpoch}: state changes only between BeginEpoch and the end of its epoch.");

    private void Open(long epoch)
    {
        Scope++;
        _openMarks = 0;
        Current = new EpochLog<TRecord>(epoch, Scope, _pool);
        _epochs.Add(Current);
    }

    private void Close()
    {
        Scope++;
        _openMarks = 0;
        Current = null;
    }

    private void Reset()
    {
        Close();
        foreach (var log in _epochs)
        {
            log.Free();
        }

        _epochs.Clear();
    }
}
