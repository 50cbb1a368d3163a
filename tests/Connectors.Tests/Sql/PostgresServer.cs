using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Millrace.Connectors.Tests.Sql;

/// <summary>A PostgreSQL server of its own, as an ordinary process in a temporary directory; as the user <c>postgres</c> where the tests run as root.</summary>
internal sealed class PostgresServer : IDisposable
{
    private static readonly string? Programs = !Directory.Exists("/usr/lib/postgresql") ? null : Directory.GetDirectories("/usr/lib/postgresql")
        .Select(version => Path.Combine(version, "bin")).Where(bin => File.Exists(Path.Combine(bin, "initdb")))
        .OrderByDescending(bin => int.Parse(Path.GetFileName(Path.GetDirectoryName(bin)!), CultureInfo.InvariantCulture)).FirstOrDefault();

    private readonly string _data = Directory.CreateTempSubdirectory("millrace-pg-").FullName;
    private readonly int _port = FreePort();

    public PostgresServer()
    {
        Assert.True(Programs is not null, "PostgreSQL expected in /usr/lib/postgresql, none found; run: apt-get install postgresql.");
        if (Environment.IsPrivilegedProcess)
            Run("chown", "postgres", _data);
        RunAsPostgres("initdb", "-D", _data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync");
        Start();
    }

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Database=postgres;Timeout=10";

    public void Start() => RunAsPostgres(
        "pg_ctl", "start", "-D", _data, "-w", "-l", Path.Combine(_data, "log"), "-o", $"-p {_port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off");

    /// <summary>Stops at once, as a crash does.</summary>
    public void Stop() => RunAsPostgres("pg_ctl", "stop", "-D", _data, "-w", "-m", "immediate");

    public void Dispose()
    {
        Stop();
        Directory.Delete(_data, recursive: true);
    }

    private static void RunAsPostgres(string program, params string[] arguments)
    {
        var path = Path.Combine(Programs!, program);
        if (Environment.IsPrivilegedProcess)
            Run("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path, .. arguments]);
        else
            Run(path, arguments);
    }

    // Why no redirection: the server inherits the pipes of pg_ctl and would keep them open.
    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" \"$@\" >/dev/null 2>&1", program, .. arguments]))!;
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: exit code 0 expected, {process.ExitCode} found.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
