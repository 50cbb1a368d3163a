using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Persistence.Sql.Config;
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
    // Between two rows of a read, not for all of it.
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(30);

    // A machine that is gone is noticed after 25 s.
    private static readonly TimeSpan HoldWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan HoldPause = TimeSpan.FromMilliseconds(500);

    private readonly SqlJournalContext _context;
    private readonly ActorSystem _system;
    private readonly IActorRef _appends;
    private readonly SqlReadJournal _query;
    private readonly ActorMaterializer _materializer;
    private readonly SqlOpening _opening;
    private IAsyncDisposable? _hold;
    private volatile bool _isClosed;

    private SqlJournal(SqlDatabase database, SqlJournalOptions options, string job, string streams, ILogger logger, SqlOpening opening)
    {
        _opening = opening;
        _context = new(job, streams, database, options, new(options, job, database.Name, logger, reason => GaveUp?.Invoke(reason)), logger);
        _system = ActorSystem.Create("journal", BootstrapSetup.Create().WithConfig(SqlPlugin.ConfigOf(database)).And(new DataOptionsSetup(database.Connecting)));
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

    /// <summary>Whether the database still is where it was opened.</summary>
    public bool IsThere => _context.Database.IsThere;

    /// <summary>Opens a job's journal, and makes it where there is none.</summary>
    /// <param name="system">When it ends, the journal closes if it still is open.</param>
    /// <param name="job">Its name, for a person.</param>
    /// <param name="streams">What its streams are told apart by from those of other jobs in the same database.</param>
    /// <exception cref="ConfigurationException">The database can't be used, which is known within a few seconds, or not reached for the outage budget.</exception>
    public static async Task<SqlJournal> OpenAsync(
        ActorSystem system, SqlJournalOptions options, string job, string streams, ILogger logger, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(streams);
        SqlDatabase database = options.Kind == JournalKind.PostgreSql ? new PostgreSqlDatabase(options.Target) : new SqliteDatabase(options.Target);
        var opening = new SqlOpening(options, job, database, logger);
        await opening.RunAsync(database.PrepareAsync, cancellation);
        var journal = new SqlJournal(database, options, job, streams, logger, opening);
        try
        {
            // Why read: the first use of the plug-in is slow, and whoever may not read should hear of it here.
            await opening.RunAsync(
                patience => journal.RowsOf(JournalStream.Lease, long.MaxValue, long.MaxValue).RunWith(Sink.Ignore<EventEnvelope>(), journal._materializer).WaitAsync(patience),
                cancellation);
        }
        catch
        {
            await journal.DisposeAsync();
            throw;
        }

        _ = CloseWithAsync(system, journal);
        return journal;
    }

    /// <summary>Keeps other processes that start the job from this journal, until it is closed. One that has it and was just killed is waited for.</summary>
    /// <exception cref="ConfigurationException">Another process has it; one line that says which, and since when.</exception>
    public async Task HoldAsync(CancellationToken cancellation)
    {
        var isUsed = (await this.ReadAsync(JournalStream.Lease, 1, cancellation)).Length > 0;
        var began = _context.Options.Time.GetTimestamp();
        for (var tries = 0; ; tries++)
        {
            (_hold, var owner) = (default(IAsyncDisposable), "");
            await _opening.RunAsync(async patience => (_hold, owner) = await _context.Database.TryHoldAsync(_context.Streams, isUsed, patience), cancellation);
            if (_hold is not null)
                return;
            if (_context.Options.Time.GetElapsedTime(began) > HoldWait)
                throw new ConfigurationException($"Job {_context.Job}: a name that no other process uses on {Name} expected, one in use found ({owner}); stop that one, or give this one another name or database.");
            if (tries == 0)
                SqlJournalLog.HoldWaits(_context.Logger, _context.Job, HoldWait.TotalSeconds, Name, owner);
            await Task.Delay(HoldPause, _context.Options.Time, cancellation);
        }
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
        if (Interlocked.Exchange(ref _hold, null) is { } hold)
            await hold.DisposeAsync();
        _context.Database.ClearPool();
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
            (reason, before) = (IJournal.Damage(_context.Job, request.Stream, rows.Number, damage.Message, Name, damage.Remedy), rows.FirstNumber > request.FromNumber ? [] : rows.Rows);
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
