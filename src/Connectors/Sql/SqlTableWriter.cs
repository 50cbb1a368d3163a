using System.Data.Common;
using Millrace.Connectors.Commits;
using Millrace.Data;

namespace Millrace.Connectors.Sql;

/// <summary>Writes one partition of a <see cref="SqlTableSink{T}"/>, over one connection that is opened when needed and after every error.</summary>
internal sealed class SqlTableWriter<T>(SqlDatabase database, SqlTable<T> table, SinkContext context, Action<SqlStep>? afterStep)
    : PooledSinkWriter<T>(TimeProvider.System)
{
    // Held for a whole try: the runtime asks for the watermark between tries, never during one.
    private readonly Lock _lock = new();
    private readonly SqlWatermark _watermark = new(database, context);
    private readonly SqlRows<T> _rows = new(database, table, context.Operator);
    private SqlSession<T>? _session;

    /// <inheritdoc/>
    /// <exception cref="TransientFaultException">The database can't be reached.</exception>
    /// <exception cref="JobFailedException">The table is not as described.</exception>
    public override long? ReadWatermark()
    {
        lock (_lock)
        {
            try
            {
                return Session().ReadWatermark();
            }
            catch (Exception error)
            {
                Drop();
                throw database.IsTransient(error) ? new TransientFaultException(Explanation(error), error) : Explain(error);
            }
        }
    }

    /// <inheritdoc/>
    protected override Task<(SinkOutcome Outcome, long Watermark)> Write(SinkCommit commit, IReadOnlyList<Batch<T>> rows)
    {
        var values = _rows.Convert(rows);
        var epoch = commit.Epoch.Epoch.Number;
        lock (_lock)
        {
            var session = Session();
            afterStep?.Invoke(SqlStep.Connected);
            var found = session.Write(values, commit.Previous.Number, epoch, afterStep);
            return Task.FromResult(found is { } other ? (SinkOutcome.Conflict, other) : (SinkOutcome.Applied, epoch));
        }
    }

    /// <inheritdoc/>
    protected override bool IsTransient(Exception error)
    {
        lock (_lock)
            Drop();
        return error is TransientFaultException || database.IsTransient(error);
    }

    /// <inheritdoc/>
    protected override Exception Explain(Exception error) => error as MillraceException ?? new JobFailedException(Explanation(error), error);

    /// <inheritdoc/>
    protected override void Close()
    {
        lock (_lock)
            Drop();
    }

    private string Explanation(Exception error) => $"Table {table.Name} in {database.Description}, partition {context.Partition}: {database.MessageOf(error)}";

    private SqlSession<T> Session() => _session ??= new SqlSession<T>(database, table, _watermark);

    private void Drop()
    {
        var session = _session;
        _session = null;
        try
        {
            session?.Dispose();
        }
        catch (DbException)
        {
            // A connection that is lost anyway.
        }
    }
}
