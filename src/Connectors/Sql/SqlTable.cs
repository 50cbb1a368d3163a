using System.Collections.Immutable;
using Millrace.Data;

namespace Millrace.Connectors.Sql;

/// <summary>The table that a <see cref="SqlTableSink{T}"/> writes.</summary>
public sealed record SqlTable<T>
{
    private const int ColumnsMax = 500;
    private const int NameCharsMax = 63;

    /// <summary>Its name, spelled as in the database; quoted, so any text will do. A schema other than the default is set in the connection string.</summary>
    public required string Name { get; init; }

    /// <summary>The columns to fill; others get their default.</summary>
    public required ImmutableArray<SqlColumn<T>> Columns { get; init; }

    /// <summary>What a row does to the table.</summary>
    /// <value>Default <see cref="SqlWriteMode.Append"/>.</value>
    public SqlWriteMode Mode { get; init; } = SqlWriteMode.Append;

    /// <summary>Whether to create the table where it is missing: these columns, with the keys as primary key. An existing one is left as it is; one that has gone since the job wrote to it fails the job.</summary>
    /// <value>Default false: a missing table fails the job.</value>
    public bool CreateIfMissing { get; init; }

    /// <summary>Refuses what can't work on any database.</summary>
    internal void Validate()
    {
        CheckName(Name, "the table");
        if (Columns.IsDefaultOrEmpty || Columns.Length > ColumnsMax)
            throw new GraphException($"SQL table sink {Name}: 1 to {ColumnsMax} columns expected, {(Columns.IsDefault ? 0 : Columns.Length)} found; correct Columns.");
        foreach (var column in Columns)
        {
            CheckName(column.Name, $"a column of {Name}");
            if (!Enum.IsDefined(column.Type) || column.Value is null)
                throw new GraphException($"SQL table sink {Name}, column {column.Name}: a type and a function for its value expected, {column.Type} and {(column.Value is null ? "none" : "one")} found; correct them.");
            if (column is { IsKey: true, Type: SqlType.Bytes })
                throw new GraphException($"SQL table sink {Name}, column {column.Name}: a key of any type but Bytes expected, Bytes found; use Text.");
        }

        if (Columns.GroupBy(column => column.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new GraphException($"SQL table sink {Name}: each column once expected, {twice.Key} found {twice.Count()} times; remove one.");
        var hasKey = Columns.Any(column => column.IsKey);
        if (hasKey != (Mode == SqlWriteMode.Upsert))
            throw new GraphException($"SQL table sink {Name}: key columns expected in mode Upsert alone, {(hasKey ? "some" : "none")} found in mode {Mode}; correct IsKey or Mode.");
    }

    private static void CheckName(string name, string what)
    {
        if (string.IsNullOrWhiteSpace(name) || name.Contains('\0', StringComparison.Ordinal) || name.Length > NameCharsMax)
            throw new GraphException($"SQL table sink: a name of 1 to {NameCharsMax} characters expected for {what}, {(string.IsNullOrWhiteSpace(name) ? "none" : $"{name.Length} characters")} found; correct it.");
    }
}
