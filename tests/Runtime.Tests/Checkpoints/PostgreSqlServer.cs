using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A PostgreSQL server as an ordinary process on loopback, with a folder and a port of its own. Shared by the tests of a class.</summary>
public sealed class PostgreSqlServer : IDisposable
{
    private const string Installed = "/usr/lib/postgresql";

    private static readonly string? Programs = Directory.Exists(Installed)
        ? Directory.GetDirectories(Installed).Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    private readonly string _folder = Directory.CreateTempSubdirectory("millrace-pg-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    public PostgreSqlServer()
    {
        if (Obstacle is not null)
            return;
        Run("chown", "postgres", _folder);
        Run("setpriv", [.. AsPostgres, Program("initdb"), "-D", Data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale", "C"]);
        Start();
    }

    /// <value>Why tests on it are skipped; null: they are not.</value>
    public static string? Obstacle { get; } =
        Programs is null ? $"No PostgreSQL found at {Installed}; apt-get install postgresql."
        : Environment.UserName != "root" ? "PostgreSQL is started as another user, which only root may."
        : null;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Password=secret";

    private static string[] AsPostgres => ["--reuid", "postgres", "--regid", "postgres", "--clear-groups"];

    private string Data => Path.Combine(_folder, "data");

    /// <summary>Returns when it accepts connections.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo("setpriv", [.. AsPostgres, Program("postgres"), "-D", Data, "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}"])
        {
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        while (!TryConnect())
            Assert.False(_process.HasExited, "PostgreSQL ended before it accepted a connection.");
    }

    /// <summary>Ends it as a crash would: without a checkpoint, with every connection broken.</summary>
    public void StopAtOnce()
    {
        Run("setpriv", [.. AsPostgres, Program("pg_ctl"), "-D", Data, "-m", "immediate", "-w", "stop"]);
        _process!.WaitForExit();
        _process.Dispose();
        _process = null;
    }

    public void Sql(string sql)
    {
        using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        if (_process is not null)
            StopAtOnce();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Program(string name) => Path.Combine(Programs!, name);

    private bool TryConnect()
    {
        try
        {
            Sql("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
