namespace Millrace.Connectors.Sql;

/// <summary>A column of a <see cref="SqlTableSink{T}"/> and where its values come from.</summary>
/// <param name="Name">The column's name, spelled as in the table. It is quoted, so any text will do.</param>
/// <param name="Type">What it holds.</param>
/// <param name="Value">The value of a row, null for NULL. Must follow from the row alone: it is asked again when a write is repeated.</param>
/// <param name="IsKey">Whether rows with the same value replace each other; in <see cref="SqlWriteMode.Upsert"/> alone. Keys are never NULL.</param>
public sealed record SqlColumn<T>(string Name, SqlType Type, Func<T, object?> Value, bool IsKey = false);
