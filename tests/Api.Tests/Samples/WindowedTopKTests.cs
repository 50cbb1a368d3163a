namespace Millrace.Api.Tests.Samples;

public sealed class WindowedTopKTests
{
    private const string Sample = "WindowedTopK";

    [Fact]
    public async Task The_bundled_posts_go_through_the_window_until_it_is_empty_again()
    {
        using var sample = SampleProcess.Start(Sample);

        var (exitCode, output, error) = await sample.EndAsync();

        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("(0 in all):\n\n241 of 241 words counted.\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tags_come_most_used_first_and_equals_by_name_until_a_stop_signal()
    {
        var (sample, client) = await SampleProcess.StartWithAsync(Sample, "#f #e #d #c #b #a not #b\n");
        using var _ = sample;
        using var __ = client;

        await sample.OutputAsync("(6 in all):");
        string[] expected = ["#b (2 posts)", "#a (1 posts)", "#c (1 posts)", "#d (1 posts)", "#e (1 posts)", ""];
        foreach (var line in expected)
            Assert.Equal(line, await sample.OutputAsync(""));
        await sample.StopAsync();

        Assert.Equal(0, (await sample.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task Wrong_arguments_end_it_with_one_line_and_exit_code_2()
    {
        using var sample = SampleProcess.Start(Sample, "localhost");

        var (exitCode, _, error) = await sample.EndAsync();

        Assert.Equal((2, "Usage: WindowedTopK [HOST PORT]; no argument or two expected, 1 found."), (exitCode, error.Trim()));
    }
}
