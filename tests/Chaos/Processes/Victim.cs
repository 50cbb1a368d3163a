namespace Millrace.Chaos.Processes;

/// <summary>One life of the victim, seen through its lines. Waits end with a <see cref="ChaosException"/> when it dies by itself or says nothing for too long.</summary>
internal sealed class Victim : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Lock _lock = new();
    private readonly EpochTracker _epochs;
    private readonly ChildProcess _process;
    private long _programStartedAt;
    private long _plannedAt;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="epochs">What is known of the lives before.</param>
    /// <param name="program">Of the victim; null: the one that was built along with this.</param>
    /// <param name="arguments">Of the victim's program.</param>
    public Victim(EpochTracker epochs, string? program, IReadOnlyList<string> arguments)
    {
        _epochs = epochs;
        epochs.BeginProcess();
        _process = ChildProcess.Start(program, OnLine, arguments);
    }

    /// <summary>How long it took to its first commit of an epoch with records; null before that.</summary>
    public Recovery? Recovery { get; private set; }

    /// <summary>How long the last epoch took, from its plan to its commit; zero before there was one.</summary>
    public TimeSpan EpochTime { get; private set; }

    /// <summary>Waits until the lines so far say so.</summary>
    public async Task UntilAsync(Func<EpochTracker, bool> condition, string expected)
    {
        while (true)
        {
            // Before its lines are looked at: whoever has ended says nothing more.
            var hasEnded = _process.Ended.IsCompleted;
            Task changed;
            lock (_lock)
            {
                if (condition(_epochs))
                    return;
                changed = _changed.Task;
            }

            if (hasEnded)
                throw new ChaosException($"The victim ended, {expected} expected: {_process.Errors}");
            try
            {
                await Task.WhenAny(changed, _process.Ended).WaitAsync(Patience).ConfigureAwait(false);
            }
            catch (TimeoutException silence)
            {
                throw new ChaosException($"The victim said nothing for {Patience.TotalSeconds} s, {expected} expected: {_process.Errors}", silence);
            }
        }
    }

    /// <summary>Waits until another epoch is planned than those so far.</summary>
    public Task NextPlanAsync()
    {
        long planned;
        lock (_lock)
            planned = _epochs.Planned;
        return UntilAsync(epochs => epochs.Planned > planned, "another epoch");
    }

    /// <summary>Waits until it has come to the end of the input and has ended.</summary>
    public async Task EndAsync()
    {
        await UntilAsync(epochs => epochs.HasEnded, "the end of the input").ConfigureAwait(false);
        await _process.WaitAsync().ConfigureAwait(false);
    }

    /// <summary>Kills it; the tracker knows all that it had written by then.</summary>
    public Task KillAsync() => _process.KillAsync();

    public void Dispose() => _process.Dispose();

    private void OnLine(string line)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            Note(line);
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }

    private void Note(string line)
    {
        var (planned, now) = (_epochs.Planned, TimeProvider.System.GetTimestamp());
        var hadEpochInFlight = _epochs.HasEpochInFlight;
        _epochs.Take(line);
        if (_epochs.HasStarted && _programStartedAt == 0)
            _programStartedAt = now;
        if (_epochs.Planned > planned)
            _plannedAt = now;
        else if (hadEpochInFlight && !_epochs.HasEpochInFlight)
            EpochTime = TimeProvider.System.GetElapsedTime(_plannedAt, now);
        if (_epochs.HasRecovered)
            Recovery ??= new(TimeProvider.System.GetElapsedTime(_process.StartedAt, now), TimeProvider.System.GetElapsedTime(_programStartedAt, now));
    }
}
