using System.Collections.Immutable;

namespace Millrace.Chaos.Oracle;

/// <summary>A table that the victim's sinks write, as the oracle reads it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">The columns in the order of <see cref="OutputRow"/>.</param>
internal sealed record SinkTable(string Name, ImmutableArray<string> Columns)
{
    /// <summary>For each batch and source, which records it held.</summary>
    public static SinkTable Ranges { get; } = new("ranges", ["batch_ms", "source", "first", "last", "count", "checksum"]);

    /// <summary>For each batch, the running total of every order key so far.</summary>
    public static SinkTable Totals { get; } = new("totals", ["batch_ms", "key", "count", "sum"]);

    /// <summary>For each slide, the orders of the window by key.</summary>
    public static SinkTable Windows { get; } = new("windows", ["batch_ms", "key", "count", "sum"]);

    /// <summary>For each batch, the keys with orders and payments.</summary>
    public static SinkTable Joined { get; } = new("joined", ["batch_ms", "key", "order_count", "order_sum", "payment_count", "payment_sum"]);

    /// <summary>For each order key its newest running total and the batch that brought it; rows replace each other.</summary>
    public static SinkTable Balances { get; } = new("balances", ["batch_ms", "key", "count", "sum"]);
}
