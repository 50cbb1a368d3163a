using System.Diagnostics;
using System.Reflection;
using System.Text.Json;

namespace Millrace.Bench.Macro.Processes;

/// <summary>The parent's side of a child process, which obeys lines and answers some of them; see <see cref="Answers"/>.</summary>
internal sealed class Child : IDisposable
{
    // Why: with AVX-512 string.Contains runs at 57 or at 96 M lines/s, by the luck of where the JIT places it in this process;
    // without it at 85-95 in every process. A ratio between two processes needs the latter. DOTNET_EnableAVX512=1 outside overrides.
    private const string Avx512Switch = "DOTNET_EnableAVX512";

    private readonly Process _process;
    private readonly string _name;

    private Child(Process process, string name) => (_process, _name) = (process, name);

    /// <param name="name">What errors call it.</param>
    /// <param name="arguments">Of this program.</param>
    public static Child Start(string name, params ReadOnlySpan<string> arguments)
    {
        var executable = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this process expected, none found.");
        var start = new ProcessStartInfo(executable) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(executable) == "dotnet") start.ArgumentList.Add(Assembly.GetExecutingAssembly().Location);
        start.Environment.TryAdd(Avx512Switch, "0");
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return new Child(Process.Start(start)!, name);
    }

    /// <summary>Sends a line and waits for the answer.</summary>
    /// <exception cref="ChildFailedException">It has ended.</exception>
    public TMessage Request<TMessage>(string line)
    {
        Send(line);
        return Read<TMessage>();
    }

    /// <summary>Sends a line.</summary>
    /// <exception cref="ChildFailedException">It has ended.</exception>
    public void Send(string line)
    {
        try
        {
            _process.StandardInput.WriteLine(line);
            _process.StandardInput.Flush();
        }
        catch (IOException)
        {
            throw Ended();
        }
    }

    /// <summary>Waits for the next answer.</summary>
    /// <exception cref="ChildFailedException">It has ended.</exception>
    public TMessage Read<TMessage>() =>
        _process.StandardOutput.ReadLine() is { } line ? JsonSerializer.Deserialize<TMessage>(line)! : throw Ended();

    /// <summary>Lets the process end; it does when its input is closed.</summary>
    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(10))) _process.Kill();
        _process.Dispose();
    }

    private ChildFailedException Ended()
    {
        _process.WaitForExit();
        return new ChildFailedException($"{_name}: an answer expected, the process ended with code {_process.ExitCode}.");
    }
}
