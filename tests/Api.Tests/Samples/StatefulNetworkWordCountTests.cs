namespace Millrace.Api.Tests.Samples;

public sealed class StatefulNetworkWordCountTests
{
    private const string Sample = "StatefulNetworkWordCount";

    [Fact]
    public async Task Counts_go_on_from_the_initial_state_and_from_batch_to_batch_until_a_stop_signal()
    {
        var (sample, client) = await SampleProcess.StartWithAsync(Sample, "hello river\n");
        using var _ = sample;
        using var __ = client;
        await sample.OutputAsync("(hello,2)");

        await client.GetStream().WriteAsync("hello\n"u8.ToArray());
        await sample.OutputAsync("(hello,3)");
        await sample.StopAsync();

        Assert.Equal(0, (await sample.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task The_bundled_text_is_counted_to_its_last_word()
    {
        using var sample = SampleProcess.Start(Sample);

        var (exitCode, output, error) = await sample.EndAsync();

        Assert.Equal((0, ""), (exitCode, error));
        Assert.EndsWith("294 of 294 words counted.", output.Trim(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_end_it_with_one_line_and_exit_code_2()
    {
        using var sample = SampleProcess.Start(Sample, "localhost", "no-port");

        var (exitCode, _, error) = await sample.EndAsync();

        Assert.Equal((2, "Port 'no-port' found, a number from 1 to 65535 expected."), (exitCode, error.Trim()));
    }
}
