using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Millrace.Chaos.Processes;

/// <summary>A server of PostgreSQL for one run, in a temporary directory that goes with it; it runs as user <c>postgres</c> where this program is root.</summary>
/// <remarks>It is never killed, so that it need not wait for the disk.</remarks>
internal sealed class PostgresServer : IDisposable
{
    private const string Installations = "/usr/lib/postgresql";

    private readonly string _programs = Installed() ?? throw new ChaosException($"PostgreSQL expected in {Installations}, none found; run: apt-get install postgresql, or give --postgres.");
    private readonly string _data = Directory.CreateTempSubdirectory("millrace-chaos-postgres-").FullName;
    private readonly int _port = FreePort();

    public PostgresServer()
    {
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _data);
        RunAsServer("initdb", "-D", _data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
        RunAsServer("pg_ctl", "start", "-D", _data, "-w", "-l", Path.Combine(_data, "log"), "-o", $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off");
    }

    /// <summary>As Npgsql takes it.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Timeout=10");

    /// <summary>Whether PostgreSQL is installed.</summary>
    public static bool IsInstalled => Installed() is not null;

    public void Dispose()
    {
        RunAsServer("pg_ctl", "stop", "-D", _data, "-w", "-m", "immediate");
        Directory.Delete(_data, recursive: true);
    }

    private static string? Installed() => !Directory.Exists(Installations) ? null : Directory.GetDirectories(Installations)
        .Select(version => Path.Combine(version, "bin")).Where(programs => File.Exists(Path.Combine(programs, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault();

    private void RunAsServer(string program, params string[] arguments)
    {
        var path = Path.Combine(_programs, program);
        if (Environment.IsPrivilegedProcess)
            Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]);
        else
            Run(path, arguments);
    }

    // Why a shell: the server would inherit redirected pipes from pg_ctl and keep them open.
    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]))!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new ChaosException($"{program} {string.Join(' ', arguments)}: exit code 0 expected, {process.ExitCode} found.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
