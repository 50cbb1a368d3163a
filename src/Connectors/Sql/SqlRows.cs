using System.Collections;
using Millrace.Data;

namespace Millrace.Connectors.Sql;

/// <summary>Turns rows into the values that a driver takes.</summary>
internal sealed class SqlRows<T>(SqlDatabase database, SqlTable<T> table, OperatorId @operator)
{
    private static readonly IEqualityComparer<object[]> ByKey = EqualityComparer<object[]>.Create(
        (left, right) => StructuralComparisons.StructuralEqualityComparer.Equals(left, right),
        key => StructuralComparisons.StructuralEqualityComparer.GetHashCode(key));

    private readonly int[] _keys = [.. Enumerable.Range(0, table.Columns.Length).Where(column => table.Columns[column].IsKey)];

    /// <summary>The rows to write: all, or in upsert mode the last of each key, at the place of its first.</summary>
    /// <exception cref="JobFailedException">A value is not of its column's type, or a key is null.</exception>
    /// <exception cref="UserFunctionException">A column's function threw.</exception>
    public List<object[]> Convert(IReadOnlyList<Batch<T>> batches)
    {
        var rows = new List<object[]>(batches.Sum(batch => batch.Count));
        var places = _keys.Length == 0 ? null : new Dictionary<object[], int>(ByKey);
        foreach (var batch in batches)
        {
            foreach (var row in batch.Rows)
                Add(rows, Convert(row), places);
        }

        return rows;
    }

    // Why: PostgreSQL refuses a statement that touches a key twice.
    private void Add(List<object[]> rows, object[] values, Dictionary<object[], int>? places)
    {
        if (places is null)
        {
            rows.Add(values);
            return;
        }

        var key = new object[_keys.Length];
        for (var i = 0; i < key.Length; i++)
        {
            key[i] = values[_keys[i]];
            if (key[i] is DBNull)
                throw new JobFailedException($"Table {table.Name}, key column {table.Columns[_keys[i]].Name}: a value expected, null found; keys can't be null.");
        }

        if (places.TryAdd(key, rows.Count))
            rows.Add(values);
        else
            rows[places[key]] = values;
    }

    private object[] Convert(T row)
    {
        var values = new object[table.Columns.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = ValueOf(table.Columns[i], row);
        return values;
    }

    private object ValueOf(SqlColumn<T> column, T row)
    {
        object? value;
        try
        {
            value = column.Value(row);
        }
        catch (Exception error)
        {
            throw new UserFunctionException(@operator, error);
        }

        return value is null ? DBNull.Value : database.ToDriver(Checked(column, value), column.Type);
    }

    private object Checked(SqlColumn<T> column, object value) => (column.Type, value) switch
    {
        (SqlType.Integer, long) => value,
        (SqlType.Integer, int or short or sbyte or byte or ushort or uint) => System.Convert.ToInt64(value, null),
        (SqlType.Double, double) or (SqlType.Decimal, decimal) or (SqlType.Text, string) or (SqlType.Boolean, bool) or (SqlType.Bytes, byte[]) => value,
        (SqlType.Double, float single) => (double)single,
        (SqlType.Timestamp, DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerMicrosecond)),
        _ => throw new JobFailedException($"Table {table.Name}, column {column.Name}: a value for {column.Type} expected, a {value.GetType().Name} found; correct the column's function or type."),
    };
}
