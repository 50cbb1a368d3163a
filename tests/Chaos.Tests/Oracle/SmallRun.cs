using Microsoft.Data.Sqlite;
using Millrace.Chaos.Oracle;

namespace Millrace.Chaos.Tests.Oracle;

/// <summary>
/// Four records in two batches, an empty batch behind them, and what a victim must have written of it, worked out by hand; a test spoils one
/// thing and asks the judge.
/// </summary>
internal sealed class SmallRun : IDisposable
{
    private static readonly InputRecord[] Orders0 = [new(0, 1, 0, 32, 50), new(0, 2, 1, 5, 150)];
    private static readonly InputRecord[] Orders1 = [new(1, 1, 0, 7, 160)];
    private static readonly InputRecord[] Payments = [new(2, 1, 0, 100, 60)];

    private readonly string _directory = Directory.CreateTempSubdirectory("millrace-chaos-test-").FullName;

    public SmallRun()
    {
        SegmentFile.Write(Path.Combine(_directory, "orders", "partition-0"), 0, Orders0);
        SegmentFile.Write(Path.Combine(_directory, "orders", "partition-1"), 0, Orders1);
        SegmentFile.Write(Path.Combine(_directory, "payments", "partition-0"), 0, Payments);
        Directory.CreateDirectory(Lines);
        File.WriteAllText(Path.Combine(Lines, "part-0-1.txt"), "0,0,1,32,0\n");
        Execute($"""
            CREATE TABLE ranges (batch_ms, source, first, last, count, checksum);
            CREATE TABLE totals (batch_ms, key, count, sum);
            CREATE TABLE windows (batch_ms, key, count, sum);
            CREATE TABLE joined (batch_ms, key, order_count, order_sum, payment_count, payment_sum);
            CREATE TABLE balances (batch_ms, key, count, sum);
            INSERT INTO ranges VALUES (100, 0, 0, 0, 1, {Orders0[0].Checksum}), (100, 2, 0, 0, 1, {Payments[0].Checksum}),
                (200, 0, 1, 1, 1, {Orders0[1].Checksum}), (200, 1, 0, 0, 1, {Orders1[0].Checksum});
            INSERT INTO totals VALUES (100, 1, 1, 32), (200, 1, 2, 39), (200, 2, 1, 5), (300, 1, 2, 39), (300, 2, 1, 5);
            INSERT INTO windows VALUES (200, 1, 2, 39), (200, 2, 1, 5);
            INSERT INTO joined VALUES (100, 1, 1, 32, 1, 100);
            INSERT INTO balances VALUES (200, 1, 2, 39), (200, 2, 1, 5);
            """);
    }

    public string Lines => Path.Combine(_directory, "lines");

    private string Database => Path.Combine(_directory, "sink.db");

    public void Execute(string statements)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = statements;
        command.ExecuteNonQuery();
    }

    public Verdict Judge() => new Judge(
        new BatchTimes(ZeroMs: 0, IntervalMs: 100, WindowBatches: 2, SlideBatches: 2),
        Path.Combine(_directory, "orders"),
        Path.Combine(_directory, "payments"),
        Lines,
        SinkReader.Sqlite(Database)).Run();

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
