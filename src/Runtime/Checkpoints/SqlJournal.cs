using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Checkpoints;

/// <summary>The journal of one job in a database, by Akka.Persistence.Sql: a stream is a persistence id, a chunk of a row is an event, numbers are sequence numbers.</summary>
/// <remarks>
/// <para>The compare-and-set is the unique index over id and number; all chunks of an append are one transaction. An append whose end is not known is
/// <see cref="AppendOutcome.Unknown"/>: it may still land, and is then found by the next read, or makes the next append at its number a conflict.</para>
/// <para>Each journal has a small actor system of its own (7 ms, one timer thread): the plugins of a system are configured at its start and log their errors
/// with stack traces, while journals are opened when jobs start, each with another database, and report an outage in one line.</para>
/// </remarks>
internal sealed class SqlJournal : IJournal, IAsyncDisposable
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(60);

    private readonly SqlDatabase _database;
    private readonly ActorSystem _actors;
    private readonly SqlOutage _outage;
    private readonly SqlJournalSettings _settings;
    private readonly IActorRef _writers;
    private readonly SqlReadJournal _query;
    private readonly ActorMaterializer _materializer;
    private volatile bool _isClosed;

    private SqlJournal(SqlDatabase database, SqlJournalOptions options, string job, ILogger logger)
    {
        _database = database;
        _outage = new(options, job, database.Name, logger, reason => GaveUp?.Invoke(reason));
        _settings = new(job, options.ChunkSizeBytes, _outage, logger);
        _actors = ActorSystem.Create("journal", SqlJournalConfig.For(database));
        _materializer = ActorMaterializer.Create(_actors);
        _query = PersistenceQuery.Get(_actors).ReadJournalFor<SqlReadJournal>(SqlReadJournal.Identifier);
        _writers = _actors.ActorOf(SqlWriters.Props(_settings), "writers");
    }

    /// <summary>Told once, when nothing has succeeded for the outage budget or a row can't be written at all: one line, without secrets. On any thread.</summary>
    public event Action<string>? GaveUp;

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <summary>Connects, and makes file, directory and table where there are none.</summary>
    /// <param name="system">The host's: when it ends, the journal is closed.</param>
    /// <param name="options">Which database.</param>
    /// <param name="job">Name of the job; two jobs in one database share no stream.</param>
    /// <param name="logger">Where outages are reported.</param>
    /// <param name="cancellation">Ends the wait for a connection.</param>
    /// <exception cref="ConfigurationException">The database can't be used: known after at most a few seconds.</exception>
    public static async Task<SqlJournal> OpenAsync(ActorSystem system, SqlJournalOptions options, string job, ILogger logger, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(job);
        SqlDatabase database = options.Kind == JournalKind.Sqlite ? new SqliteDatabase(options.Target) : new PostgreSqlDatabase(options.Target);
        if (await ProblemOfAsync(database, cancellation) is { } problem)
            throw new ConfigurationException($"A journal that can be written expected for job {job}, {database.Name} {problem}.");
        var journal = new SqlJournal(database, options, job, logger);
        system.RegisterOnTermination(() => _ = journal.DisposeAsync().AsTask());
        return journal;
    }

    /// <inheritdoc/>
    public void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer)
    {
        if (_isClosed)
            answer(new(request.Stream, request.FirstNumber, AppendOutcome.Unknown, request.FirstNumber));
        else
            _writers.Tell(new SqlStreamMessages.Append(request, answer));
    }

    /// <inheritdoc/>
    public void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail) =>
        _ = ReadAsync(request, answer, fail);

    /// <inheritdoc/>
    public void Trim(JournalMessages.Trim request)
    {
        if (request.Through > 0)
            _writers.Tell(request);
    }

    /// <summary>Ends all connections. What is being written may still land; it is not answered any more.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        _outage.Dispose();
        await _actors.Terminate();
        _database.ClearPool();
    }

    // Why text and no cause: what providers say may hold parts of the connection string.
    private static async Task<string?> ProblemOfAsync(SqlDatabase database, CancellationToken cancellation)
    {
        try
        {
            await database.PrepareAsync(cancellation);
            return null;
        }
        catch (Exception cause) when (cause is not (OperationCanceledException or ConfigurationException))
        {
            return SqlFault.Describe(cause);
        }
    }

    private async Task ReadAsync(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail)
    {
        var rows = new RowAssembler();
        JournalMessages.RowsRead read;
        try
        {
            await _query.CurrentEventsByPersistenceId(_settings.PersistenceId(request.Stream), request.FromNumber, long.MaxValue)
                .RunForeach(found => rows.Add(found.SequenceNr, (byte[])found.Event), _materializer)
                .WaitAsync(ReadTimeout);
            read = new(request.Stream, request.FromNumber, request.Request, rows.Finish());
        }
        catch (Exception cause)
        {
            fail(new(request.Stream, request.Request, OnReadFailed(request.Stream, rows.Number, cause)));
            return;
        }

        _outage.ReadSucceeded();
        answer(read);
    }

    private string? OnReadFailed(JournalStream stream, long number, Exception cause)
    {
        if (cause.GetBaseException() is RowFormatException format)
            return $"Journal of job {_settings.Job}, stream {stream}, number {number}: {format.Message}; restore {_database.Name} from a backup, or start the job under another name.";
        if (!_isClosed)
            _outage.ReadFailed(cause);
        return null;
    }
}
