namespace Millrace.Api.Tests.Samples;

public sealed class NetworkWordCountTests
{
    private const string Sample = "NetworkWordCount";

    [Fact]
    public async Task A_stop_signal_ends_it_after_the_batch_in_flight()
    {
        var (sample, client) = await SampleProcess.StartWithAsync(Sample, "hello world hello\n");
        using var _ = sample;
        using var __ = client;
        await sample.OutputAsync("(hello,2)");

        await sample.StopAsync();

        Assert.Equal(0, (await sample.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_refused_port_is_told_in_one_line_while_it_goes_on_trying()
    {
        using var sample = SampleProcess.Start(Sample, "localhost", "1");

        var line = await sample.ErrorAsync("");

        Assert.Contains("socket localhost:1 has no connection", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Asked_for_help_it_says_how_it_is_called(string option)
    {
        using var sample = SampleProcess.Start(Sample, option);

        var (exitCode, output, error) = await sample.EndAsync();

        Assert.Equal((0, ""), (exitCode, error));
        Assert.StartsWith("Usage: NetworkWordCount [HOST PORT]: reads from the text server there", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Port '99999' found, a number from 1 to 65535 expected.", "localhost", "99999")]
    [InlineData("Usage: NetworkWordCount [HOST PORT]; no argument or two expected, 1 found.", "localhost")]
    public async Task Wrong_arguments_end_it_with_one_line_and_exit_code_2(string line, params string[] arguments)
    {
        using var sample = SampleProcess.Start(Sample, arguments);

        var (exitCode, _, error) = await sample.EndAsync();

        Assert.Equal((2, line), (exitCode, error.Trim()));
    }
}
