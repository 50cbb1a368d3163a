using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Npgsql;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A PostgreSQL server of its own on loopback, from Debian's binaries; without them its tests are skipped.</summary>
public sealed class PostgreSqlServer : IAsyncLifetime, IDisposable
{
    private static readonly string? Binaries = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")).FirstOrDefault(bin => File.Exists(Path.Combine(bin, "initdb")))
        : null;

    private readonly ActorSystem _system = ActorSystem.Create("tests", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"millrace-pg-{Guid.NewGuid():N}");
    private readonly int _port = FreePort();
    private Process? _server;

    public string ConnectionString => $"Host=127.0.0.1;Port={_port};Username=postgres;Password=s3cret;Database=postgres";

    internal SqlJournalOptions Options => new() { Kind = JournalKind.PostgreSql, Target = ConnectionString };

    public async Task InitializeAsync()
    {
        if (Binaries is null)
            return;
        Directory.CreateDirectory(_folder);
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", "postgres:postgres", _folder);
        await RunAsServerUserAsync(Path.Combine(Binaries, "initdb"), "-D", Data, "-A", "trust", "-U", "postgres", "--no-sync", "-E", "UTF8", "--locale", "C");
        await StartAsync();
    }

    /// <summary>Starts the server, and returns when it answers.</summary>
    public async Task StartAsync()
    {
        _server = Start([Path.Combine(Binaries!, "postgres"), "-D", Data, "-p", $"{_port}", "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}"], asServerUser: true);
        while (!await AnswersAsync())
            await Task.Delay(50);
    }

    /// <summary>Ends the server as a power failure would: no goodbye to its clients, and a recovery at the next start.</summary>
    public async Task StopAsync()
    {
        await RunAsync("kill", "-QUIT", $"{_server!.Id}");
        await _server.WaitForExitAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is { HasExited: false })
            await StopAsync();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
        await _system.Terminate();
    }

    public void Dispose() => _server?.Dispose();

    /// <summary>Runs SQL as the superuser.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    internal Task<SqlJournal> OpenAsync(string job, ILogger? logger = null, SqlJournalOptions? options = null)
    {
        Skip.If(Binaries is null, "No PostgreSQL at /usr/lib/postgresql; install the package postgresql.");
        return SqlJournal.OpenAsync(_system, options ?? Options, job, logger ?? NullLogger.Instance);
    }

    private string Data => Path.Combine(_folder, "data");

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process Start(string[] command, bool asServerUser)
    {
        // Why: the server refuses to run as root.
        string[] all = asServerUser && Environment.IsPrivilegedProcess ? ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", .. command] : command;
        var start = new ProcessStartInfo(all[0], all[1..]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static Task RunAsync(params string[] command) => FinishAsync(Start(command, asServerUser: false));

    private static Task RunAsServerUserAsync(params string[] command) => FinishAsync(Start(command, asServerUser: true));

    private static async Task FinishAsync(Process process)
    {
        using (process)
        {
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await ExecuteAsync("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            Assert.False(_server!.HasExited);
            return false;
        }
    }
}
