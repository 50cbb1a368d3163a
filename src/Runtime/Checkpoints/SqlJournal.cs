using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Checkpoints;

/// <summary>A journal in SQLite or PostgreSQL: rows survive a killed process and the loss of power. Thread-safe.</summary>
/// <remarks>
/// <para>Each stream is one persistence id, its numbers are the sequence numbers there; a row larger than a chunk takes several numbers that follow
/// each other. That number and stream are unique in the database is the compare-and-set, also between processes. All rows of an append are one transaction.</para>
/// <para>Answers come on threads of the pool. When the database fails, appends are answered <see cref="AppendOutcome.Unknown"/> and reads fail without
/// a reason: both are tried again by who asked. Rows that are damaged fail with a reason.</para>
/// </remarks>
internal sealed class SqlJournal : IJournal, IAsyncDisposable
{
    // Each try waits for the lock itself.
    private const int LockedTriesMax = 3;
    private static readonly TimeSpan LockedPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(10);

    // Between two rows of a read, not for all of it.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(30);

    private readonly SqlJournalContext _context;
    private readonly ActorSystem _system;
    private readonly IActorRef _appends;
    private readonly SqlReadJournal _query;
    private readonly ActorMaterializer _materializer;
    private volatile bool _isClosed;

    private SqlJournal(SqlDatabase database, SqlJournalOptions options, string job, string streams, ILogger logger)
    {
        _context = new(job, streams, database, options, new(options, job, database.Name, logger, reason => GaveUp?.Invoke(reason)), logger);
        _system = ActorSystem.Create("journal", SqlPlugin.ConfigOf(database));
        _appends = _system.ActorOf(SqlJournalActor.Props(_context), "appends");
        _query = PersistenceQuery.Get(_system).ReadJournalFor<SqlReadJournal>(SqlPlugin.QueryId);
        _materializer = _system.Materializer();
    }

    /// <summary>Nothing has succeeded for the outage budget. Raised once, on a thread of the pool, with one line.</summary>
    public event Action<string>? GaveUp;

    /// <inheritdoc/>
    public string Name => _context.Database.Name;

    /// <inheritdoc/>
    public bool IsDurable => true;

    /// <summary>Opens a job's journal, and makes it where there is none.</summary>
    /// <param name="system">When it ends, the journal closes if it still is open.</param>
    /// <param name="job">Its name, for a person.</param>
    /// <param name="streams">What its streams are told apart by from those of other jobs in the same database.</param>
    /// <exception cref="ConfigurationException">The database can't be reached or used; known within a few seconds.</exception>
    public static async Task<SqlJournal> OpenAsync(
        ActorSystem system, SqlJournalOptions options, string job, string streams, ILogger logger, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(streams);
        SqlDatabase database = options.Kind == JournalKind.PostgreSql ? new PostgreSqlDatabase(options.Target) : new SqliteDatabase(options.Target);
        await WithPatienceAsync(database, job, database.PrepareAsync, cancellation);
        var journal = new SqlJournal(database, options, job, streams, logger);
        try
        {
            // Why read: the first use of the plug-in is slow, and whoever may not read should hear of it here.
            await WithPatienceAsync(database, job, patience => journal.RowsOf(JournalStream.Lease, long.MaxValue, long.MaxValue).RunWith(Sink.Ignore<EventEnvelope>(), journal._materializer).WaitAsync(patience), cancellation);
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }

        _ = CloseWithAsync(system, journal);
        return journal;
    }

    /// <summary>The answer to an append of which nothing is known.</summary>
    public static JournalMessages.Appended Unknown(JournalMessages.Append request) =>
        new(request.Stream, request.FirstNumber, AppendOutcome.Unknown, request.FirstNumber);

    /// <inheritdoc/>
    public void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer)
    {
        if (_isClosed)
            answer(Unknown(request));
        else
            _appends.Tell(new SqlJournalActor.AppendRequest(request, answer));
    }

    /// <inheritdoc/>
    public void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail) =>
        _ = ReadAsync(request, answer, fail);

    /// <inheritdoc/>
    public void Trim(JournalMessages.Trim request) => _appends.Tell(request);

    /// <summary>Ends it: what is not answered yet is answered as unknown, connections are closed.</summary>
    public async ValueTask DisposeAsync()
    {
        _isClosed = true;
        await _system.Terminate();
        _context.Database.ClearPool();
    }

    private static async Task WithPatienceAsync(SqlDatabase database, string job, Func<CancellationToken, Task> step, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(OpenTimeout);
        try
        {
            // Why on the pool: SQLite waits for a lock on the thread that calls it.
            await Task.Run(() => WhenUnlockedAsync(step, patience.Token), patience.Token);
        }
        catch (OperationCanceledException late) when (!cancellation.IsCancellationRequested)
        {
            throw new ConfigurationException($"Journal of job {job}: an answer within {OpenTimeout.TotalSeconds} s expected, none of {database.Name} found; see whether it runs.", late);
        }
        catch (Exception fault) when (fault is not (ConfigurationException or OperationCanceledException))
        {
#pragma warning disable MA0054 // Why without the cause: drivers' texts may repeat what is in the connection string.
            throw new ConfigurationException($"Journal of job {job}: a database that works expected, {database.Name} {SqlFault.Describe(fault)}.");
#pragma warning restore MA0054
        }
    }

    /// <summary>A file is locked for a while after the process that had it was killed: its log is read by whoever comes first.</summary>
    private static async Task WhenUnlockedAsync(Func<CancellationToken, Task> step, CancellationToken patience)
    {
        for (var left = LockedTriesMax; ; left--)
        {
            try
            {
                await step(patience);
                return;
            }
            catch (Exception fault) when (left > 1 && SqlFault.IsLocked(fault))
            {
                await Task.Delay(LockedPause, patience);
            }
        }
    }

    private static async Task CloseWithAsync(ActorSystem system, SqlJournal journal)
    {
        await await Task.WhenAny(system.WhenTerminated, journal._system.WhenTerminated);
        await journal.DisposeAsync();
    }

    private async Task ReadAsync(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail)
    {
        var rows = new RowAssembler();
        string? reason = null;
        ImmutableArray<JournalMessages.NumberedRow> before = default;
        try
        {
            await RowsOf(request.Stream, request.FromNumber, long.MaxValue).RunForeach(row => rows.Add(row.SequenceNr, row.Event as byte[] ?? []), _materializer);
            if (rows.FirstNumber > request.FromNumber)
                await RefuseGapAsync(request, rows.FirstNumber);
            var found = rows.Finish();
            _context.Outage.ReadSucceeded();
            answer(new(request.Stream, request.FromNumber, request.Request, found));
            return;
        }
        catch (RowFormatException damage)
        {
            (reason, before) = (IJournal.Damage(_context.Job, request.Stream, rows.Number, damage.Message, Name), rows.FirstNumber > request.FromNumber ? [] : rows.Rows);
        }
        catch (Exception fault) when (SqlFault.IsDamage(fault))
        {
            (reason, before) = ($"Journal of job {_context.Job}, stream {request.Stream}, number {Math.Max(request.FromNumber, rows.Number + 1)}: a row expected, {_context.Database.Name} {SqlFault.Describe(fault)}.", rows.Rows);
        }
        catch (Exception fault)
        {
            if (!_isClosed)
                _context.Outage.ReadFailed(fault);
        }

        fail(new(request.Stream, request.Request, reason, before));
    }

    // Rows before the first that is there were trimmed, unless older ones still are.
    private async Task RefuseGapAsync(JournalMessages.Read request, long first)
    {
        var older = await RowsOf(request.Stream, 1, request.FromNumber - 1).Take(1).RunWith(Sink.Seq<EventEnvelope>(), _materializer);
        if (older.Count > 0)
            throw new RowFormatException($"number {request.FromNumber} expected, {first} found: rows between are gone");
    }

    private Source<EventEnvelope, Akka.NotUsed> RowsOf(JournalStream stream, long from, long through) => through < from
        ? Source.Empty<EventEnvelope>()
        : _query.CurrentEventsByPersistenceId(_context.PersistenceId(stream), from, through).IdleTimeout(ReadTimeout);
}
