using Millrace.Connectors.Receivers;
using Millrace.Time;

namespace Millrace.Testing;

/// <summary>Scripts of programs that read from outside: files and receivers go by the script's clock.</summary>
public sealed class StreamScriptSourceTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_that_the_script_writes_is_in_the_next_batch_and_in_no_other()
    {
        await using var script = await StreamScript.StartAsync(1.Minutes());
        var lines = script.Output(script.Context.TextFileStream(_folder.FullName));

        Write("a.txt", "a\nb");
        await script.RunBatchAsync();
        lines.Expect("a", "b");
        Write("b.txt", "c");
        await script.AdvanceAsync(5.Minutes());

        lines.ExpectBatches(["c"], [], [], [], []);
        await script.EndAsync();
    }

    [Fact]
    public async Task A_file_is_in_one_batch_also_over_a_restart()
    {
        await using var script = await StreamScript.StartAsync(1.Minutes(), new() { IsDurable = true });
        var lines = Lines();
        Write("a.txt", "a");
        await script.RunBatchAsync();
        lines.Expect("a");

        await script.RestartAsync();
        Lines();
        Write("b.txt", "b");
        await script.AdvanceAsync(3.Minutes());

        lines.ExpectBatches(["b"], [], []);
        await script.EndAsync();

        TestOutput<string> Lines() => script.Output(script.Context.TextFileStream(_folder.FullName), "lines");
    }

    [Fact]
    public async Task Records_stored_one_by_one_are_in_the_next_batch()
    {
        // Why a day: on the system's clock the block would stay open.
        var receiver = new StepReceiver();
        await using var script = await StreamScript.StartAsync(24.Hours());
        var rows = script.Output(script.Context.ReceiverStream(() => receiver, new() { BlockInterval = 1.Hours() }));
        await script.Context.StartAsync();
        await receiver.Started(1);

        Assert.True(receiver.Store("a"));
        await script.RunBatchAsync();
        rows.Expect("a");
        await script.EndAsync();
    }

    [Fact]
    public async Task A_receiver_is_started_again_by_the_scripts_clock()
    {
        var receiver = new StepReceiver();
        await using var script = await StreamScript.StartAsync(1.Hours());
        var rows = script.Output(script.Context.ReceiverStream(() => receiver, new() { RestartDelay = 30.Minutes(), RestartDelayMax = 1.Hours() }));
        await script.Context.StartAsync();
        await receiver.Started(1);
        receiver.Restart("the other side has gone");
        await receiver.Stopped;

        // Why several: the wait begins a moment after the stop, perhaps in the hour after.
        for (var batch = 0; batch < 50 && receiver.Starts < 2; batch++)
        {
            await script.RunBatchAsync();
            rows.ExpectNothing();
            await Task.Yield();
        }

        await receiver.Started(2);
        receiver.Store("again");
        await script.RunBatchAsync();

        rows.Expect("again");
        await script.EndAsync();
    }

    [Fact]
    public async Task A_receiver_that_hangs_in_its_stop_does_not_hold_up_the_script()
    {
        using var never = new ManualResetEventSlim();
        var receiver = new StepReceiver(never.Wait);
        await using var script = await StreamScript.StartAsync(1.Seconds());
        script.Output(script.Context.ReceiverStream(() => receiver));
        await script.Context.StartAsync();
        await receiver.Started(1);

        await script.Context.StopAsync(graceful: true).WaitAsync(TimeSpan.FromSeconds(30));

        never.Set();
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder.FullName, name), text);

    private sealed class StepReceiver(Action? onStop = null) : Receiver<string>
    {
        private readonly TaskCompletionSource[] _started = [NewSource(), NewSource()];
        private readonly TaskCompletionSource _stopped = NewSource();
        private int _starts;

        public int Starts => Volatile.Read(ref _starts);

        public Task Stopped => _stopped.Task.WaitAsync(TimeSpan.FromSeconds(30));

        public Task Started(int times) => _started[times - 1].Task.WaitAsync(TimeSpan.FromSeconds(30));

        protected override void OnStart() => _started[Interlocked.Increment(ref _starts) - 1].TrySetResult();

        protected override void OnStop()
        {
            _stopped.TrySetResult();
            onStop?.Invoke();
        }

        private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
