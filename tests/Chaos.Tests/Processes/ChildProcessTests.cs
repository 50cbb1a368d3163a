using Millrace.Chaos.Processes;

namespace Millrace.Chaos.Tests.Processes;

public sealed class ChildProcessTests
{
    [Fact]
    public async Task A_process_that_ended_by_itself_does_not_count_as_killed()
    {
        using var process = ChildProcess.Start(static _ => { }, "nonsense");
        await process.Ended;

        var error = await Assert.ThrowsAsync<ChaosException>(process.KillAsync);

        Assert.Contains("ended by itself with 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_killed_process_is_gone_and_all_its_lines_are_read()
    {
        var directory = Directory.CreateTempSubdirectory("millrace-chaos-test-");
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var process = ChildProcess.Start(line => ready.SetResult(), "feed", directory.FullName, "1", "1000");
        await ready.Task;

        await process.KillAsync();

        Assert.True(process.Ended.IsCompletedSuccessfully);
        directory.Delete(recursive: true);
    }
}
