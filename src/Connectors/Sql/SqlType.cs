namespace Millrace.Connectors.Sql;

/// <summary>What a column of a <see cref="SqlTableSink{T}"/> holds.</summary>
public enum SqlType
{
    /// <summary>From any signed or small unsigned integer. <c>bigint</c>; in SQLite <c>INTEGER</c>.</summary>
    Integer,

    /// <summary>From <see cref="double"/> or <see cref="float"/>. <c>double precision</c>; in SQLite <c>REAL</c>.</summary>
    Double,

    /// <summary>From <see cref="decimal"/>, all digits kept. <c>numeric</c>; in SQLite <c>TEXT</c>.</summary>
    Decimal,

    /// <summary>From <see cref="string"/>. <c>text</c>.</summary>
    Text,

    /// <summary>From <see cref="bool"/>. <c>boolean</c>; in SQLite <c>INTEGER</c>, 0 or 1.</summary>
    Boolean,

    /// <summary>From an array of bytes. <c>bytea</c>; in SQLite <c>BLOB</c>. Can't be a key.</summary>
    Bytes,

    /// <summary>From <see cref="DateTimeOffset"/>, in microseconds. <c>timestamptz</c>; in SQLite <c>TEXT</c> as <c>2026-01-31T23:59:59.123456Z</c>.</summary>
    Timestamp,
}
