using System.Net.Sockets;
using Akka.Pattern;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Millrace.Runtime.Checkpoints;

/// <summary>What a database's exception means to the user. Nothing of its own text is repeated, so that no secret is.</summary>
internal static class SqlFault
{
    private const int SqliteBusy = 5;
    private const int SqliteLocked = 6;
    private const int SqliteConstraint = 19;
    private const int SqliteCorrupt = 11;
    private const int SqliteNoDatabase = 26;

    /// <summary>Whether a row of the same number stood there already: the transaction is rolled back for certain.</summary>
    public static bool IsCollision(Exception fault) => Causes(fault).Any(cause =>
        cause is SqliteException { SqliteErrorCode: SqliteConstraint } or PostgresException { SqlState: PostgresErrorCodes.UniqueViolation });

    /// <summary>Whether the database itself is damaged, so that waiting mends nothing.</summary>
    public static bool IsDamage(Exception fault) => Causes(fault).Any(cause =>
        cause is SqliteException { SqliteErrorCode: SqliteCorrupt or SqliteNoDatabase }
            or PostgresException { SqlState: PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted });

    /// <summary>Whether somebody else holds the database's file for the moment.</summary>
    public static bool IsLocked(Exception fault) => Causes(fault).Any(cause => cause is SqliteException { SqliteErrorCode: SqliteBusy or SqliteLocked });

    /// <summary>Whether the database was not asked at all, since it has failed too often.</summary>
    public static bool IsLeftAlone(Exception fault) => Causes(fault).Any(cause => cause is OpenCircuitException);

    /// <summary>Whether the database may work in a while, without anybody correcting what it was given.</summary>
    public static bool MayPass(Exception fault) => IsLocked(fault) || Causes(fault).Any(cause => cause switch
    {
        PostgresException postgres => postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown
            or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections,
        NpgsqlException broken => broken.InnerException is IOException,
        _ => cause is SocketException or TimeoutException,
    });

    /// <summary>A clause that completes "The database …".</summary>
    public static string Describe(Exception fault)
    {
        foreach (var cause in Causes(fault))
        {
            var text = cause switch
            {
                SqliteException sqlite => OfSqlite(sqlite),
                PostgresException postgres => OfPostgreSql(postgres),
                SocketException socket => $"can't be reached ({socket.SocketErrorCode}); start the server or correct host and port",
                UnauthorizedAccessException => "is at a path that is not writable; permit it or name another path",
                OpenCircuitException => "is left alone for a second after many failures",
                TimeoutException => "does not answer in time",
                _ => null,
            };
            if (text is not null)
                return text;
        }

        return Causes(fault).Last() switch
        {
            IOException when Causes(fault).Any(cause => cause is NpgsqlException) => "broke the connection",
            IOException => "is at a path that can't be used (no directory, or not writable); name another path",
            NpgsqlException => "broke the connection",
            InvalidOperationException wrong => $"was given a row that can't be written: {wrong.Message}",
            var other => $"failed ({other.GetType().Name})",
        };
    }

    private static string? OfSqlite(SqliteException fault) => fault.SqliteErrorCode switch
    {
        SqliteBusy or SqliteLocked => "is locked by another process; close what holds it",
        8 => "is read-only; make the file and its directory writable",
        10 => "can't be read or written (I/O error); check the disk",
        SqliteCorrupt => "is damaged; restore the file from a backup",
        13 => "is full (no space on the disk); it goes on when space is free",
        14 => "can't be opened; name a file in a directory that is writable",
        SqliteNoDatabase => "is a file that is no SQLite database; name another one or restore it",
        1 when fault.Message.Contains("no such table", StringComparison.Ordinal) => $"has lost its table {SqlDatabase.Table}; restore the file from a backup",
        1 when fault.Message.Contains("column", StringComparison.Ordinal) => $"has another table {SqlDatabase.Table} than expected, with a column missing; restore the file from a backup",
        _ => $"failed (SQLite error {fault.SqliteErrorCode})",
    };

    private static string OfPostgreSql(PostgresException fault) => fault.SqlState switch
    {
        PostgresErrorCodes.InsufficientPrivilege => "denies the permission; grant SELECT, INSERT, UPDATE and DELETE on the table, USAGE on its sequence",
        PostgresErrorCodes.UndefinedTable => $"has lost its table {SqlDatabase.Table}; restore it from a backup",
        PostgresErrorCodes.UndefinedColumn => $"has another table {SqlDatabase.Table} than expected, with a column missing; restore it from a backup",
        PostgresErrorCodes.ReadOnlySqlTransaction => "is read-only (a standby, or set so); name the primary",
        PostgresErrorCodes.DataCorrupted or PostgresErrorCodes.IndexCorrupted => "is damaged; restore it from a backup",
        PostgresErrorCodes.DiskFull => "is full (no space on the server's disk); it goes on when space is free",
        PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow => "is stopping or starting",
        "25P03" => "has ended a transaction of this process that stood still for a second",
        PostgresErrorCodes.InvalidCatalogName => "does not exist on the server; create it or correct its name",
        PostgresErrorCodes.TooManyConnections => "has too many connections; raise its limit",
        PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => "refuses the user or the password; correct them",
        _ => $"failed (PostgreSQL error {fault.SqlState})",
    };

    private static IEnumerable<Exception> Causes(Exception fault)
    {
        for (Exception? cause = fault; cause is not null; cause = cause is AggregateException { InnerExceptions: [var first, ..] } ? first : cause.InnerException)
            yield return cause;
    }
}
