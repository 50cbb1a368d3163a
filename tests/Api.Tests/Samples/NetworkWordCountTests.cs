using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Api.Tests.Samples;

/// <summary>The first sample as its user meets it: a process, its output, its exit code.</summary>
public sealed class NetworkWordCountTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task A_stop_signal_ends_it_after_the_batch_in_flight()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        using var sample = Start("localhost", ((IPEndPoint)server.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var client = await server.AcceptTcpClientAsync().WaitAsync(Patience);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes("hello world hello\n"));
        await LineAsync(sample.StandardOutput, "(hello,2)");

        using var kill = Process.Start("kill", ["-TERM", sample.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await sample.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(0, sample.ExitCode);
    }

    [Fact]
    public async Task A_refused_port_is_told_in_one_line_while_it_goes_on_trying()
    {
        using var sample = Start("localhost", "1");

        var line = await LineAsync(sample.StandardError, "");
        sample.Kill();

        Assert.Contains("socket localhost:1 has no connection", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_end_it_with_one_line_and_exit_code_2()
    {
        using var sample = Start("localhost", "99999");
        await sample.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(2, sample.ExitCode);
        Assert.Equal("Port '99999' found, a number from 1 to 65535 expected.", (await sample.StandardError.ReadToEndAsync()).Trim());
    }

    private static async Task<string> LineAsync(StreamReader reader, string part)
    {
        while (await reader.ReadLineAsync().WaitAsync(Patience) is { } line)
        {
            if (line.Contains(part, StringComparison.Ordinal))
                return line;
        }

        throw new InvalidOperationException($"A line with '{part}' expected, the end of the output found.");
    }

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "NetworkWordCount.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
