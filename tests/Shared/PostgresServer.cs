using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Millrace.TestServers;

/// <summary>A server of PostgreSQL of one's own on loopback, from Debian's package, in a temporary directory that goes with it.</summary>
/// <remarks>It runs as user <c>postgres</c> where this program is root, which it refuses. Compiled into each project that needs one.</remarks>
internal sealed class PostgresServer : IDisposable
{
    /// <summary>Why there is none, and what to do.</summary>
    public const string Missing = $"No PostgreSQL in {Installations}; run: apt-get install postgresql.";

    private const string Installations = "/usr/lib/postgresql";

    private readonly string _programs = Installed() ?? throw new InvalidOperationException(Missing);
    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-postgres-").FullName;
    private readonly int _port = FreePort();
    private readonly bool _syncs;

    /// <param name="syncs">Whether commits wait for the disk. <value>Default false: the machine itself does not fail in a test.</value></param>
    public PostgresServer(bool syncs = false)
    {
        _syncs = syncs;
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _folder);
        RunAsServer("initdb", "-D", _folder, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-sync");
        Start();
    }

    /// <summary>Whether PostgreSQL is installed.</summary>
    public static bool IsInstalled => Installed() is not null;

    /// <summary>As Npgsql takes it.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Timeout=10");

    /// <summary>Starts the server, and returns when it answers.</summary>
    public void Start() => RunAsServer(
        "pg_ctl", "start", "-D", _folder, "-w", "-l", Path.Combine(_folder, "log"),
        "-o", $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''{(_syncs ? "" : " -c fsync=off")}");

    /// <summary>Ends the server as a power failure would: no goodbye to its clients, and a recovery at the next start.</summary>
    public void Stop() => RunAsServer("pg_ctl", "stop", "-D", _folder, "-w", "-m", "immediate");

    public void Dispose()
    {
        Stop();
        Directory.Delete(_folder, recursive: true);
    }

    private static string? Installed() => !Directory.Exists(Installations) ? null : Directory.GetDirectories(Installations)
        .Where(version => File.Exists(Path.Combine(version, "bin", "initdb")))
        .OrderBy(version => int.TryParse(Path.GetFileName(version), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
        .Select(version => Path.Combine(version, "bin"))
        .LastOrDefault();

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
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]) { WorkingDirectory = "/" })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: exit code 0 expected, {process.ExitCode} found.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
