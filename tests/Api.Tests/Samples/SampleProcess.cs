using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Millrace.Api.Tests.Samples;

/// <summary>A sample as its user meets it: a process, its output, its exit code.</summary>
internal sealed class SampleProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private SampleProcess(Process process) => _process = process;

    public static SampleProcess Start(string sample, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, sample + ".dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        return new(Process.Start(start)!);
    }

    /// <summary>A sample that has connected to a server and was sent the text; the client is the server's end of the connection.</summary>
    public static async Task<(SampleProcess Sample, TcpClient Client)> StartWithAsync(string sample, string text)
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var started = Start(sample, "localhost", ((IPEndPoint)server.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture));
        var client = await server.AcceptTcpClientAsync().WaitAsync(Patience);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(text));
        return (started, client);
    }

    /// <summary>The next line of the output that holds the part.</summary>
    public Task<string> OutputAsync(string part) => LineAsync(_process.StandardOutput, part);

    /// <summary>The next line of the errors that holds the part.</summary>
    public Task<string> ErrorAsync(string part) => LineAsync(_process.StandardError, part);

    /// <summary>All that the sample has written and was not read, once it has ended by itself, and its exit code.</summary>
    public async Task<(int ExitCode, string Output, string Error)> EndAsync()
    {
        var (output, error) = (_process.StandardOutput.ReadToEndAsync(), _process.StandardError.ReadToEndAsync());
        await _process.WaitForExitAsync().WaitAsync(Patience);
        return (_process.ExitCode, await output, await error);
    }

    /// <summary>Sends SIGTERM, which the host takes as it takes Ctrl-C; a test started in the background of a shell can't send that.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync().WaitAsync(Patience);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
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
}
