using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Millrace.Bench.Macro.Measuring;
using Millrace.Bench.Macro.Workloads;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Bench.Macro.Recovery;

/// <summary>Parallel recovery by lineage: word counts of many kept partitions, half of which are lost at once and counted again by one worker, then by two.</summary>
/// <remarks>Workers are the executors of a job (<c>millrace.task.threads</c>). Lost are the partitions of even number, as those of a node in a cluster of two would be.</remarks>
internal static class LineageRecovery
{
    public const string Command = "rdd-recovery";

    private const int Partitions = 64;
    private const int Passes = 4;
    private const int RunsByDefault = 5;
    private const int WarmUps = 2;

    private static readonly int[] Workers = [1, 2];

    /// <exception cref="UsageException">An argument is not what was expected.</exception>
    public static async Task<int> RunAsync(ReadOnlyMemory<string> arguments)
    {
        var runs = RunsOf(arguments.Span);
        var lines = WordCount.Generate().Pool;
        var expected = unchecked(Count(lines) * Passes);
        var seconds = Workers.ToDictionary(workers => workers, _ => new List<double>());

        // Workers in turn, so that what else the machine does meets both.
        for (var run = -WarmUps; run < runs; run++)
        {
            foreach (var workers in Workers)
            {
                var (taken, found) = await RecoverAsync(workers, lines);
                if (found != expected)
                {
                    Console.Error.WriteLine($"{Command}, {workers} workers: wrong result, checksum {expected:x16} expected, {found:x16} found.");
                    return 1;
                }

                if (run >= 0) seconds[workers].Add(taken);
            }
        }

        Report(runs, lines.Length * Passes, seconds);
        return 0;
    }

    private static int RunsOf(ReadOnlySpan<string> arguments) => arguments switch
    {
        [] => RunsByDefault,
        ["--runs", var text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var runs) && runs >= 1 => runs,
        _ => throw new UsageException($"{Command} [--runs N], N of at least 1", string.Join(' ', arguments!)),
    };

    private static async Task<(double Seconds, ulong Checksum)> RecoverAsync(int workers, string[] lines)
    {
        await using var host = await MillraceHost.StartEmbeddedAsync(options =>
        {
            options.StopsOnSignal = false;
            options.WithHocon(string.Create(CultureInfo.InvariantCulture, $"millrace.task.threads = {workers}"));
        });
        await using var context = new StreamingContext(host, TimeSpan.FromMilliseconds(1));
        var outcome = new TaskCompletionSource<(double, ulong)>();
        context.QueueStream(new ConcurrentQueue<int[]>([[.. Enumerable.Range(0, Partitions)]])).ForeachRDD(slices =>
        {
            if (!slices.IsEmpty()) outcome.TrySetResult(Recover(slices, lines));
        });
        await context.StartAsync();
        await await Task.WhenAny(outcome.Task, context.AwaitTerminationAsync());
        return await outcome.Task;
    }

    private static (double Seconds, ulong Checksum) Recover(Rdd<int> slices, string[] lines)
    {
        var counted = new int[Partitions];
        var counts = slices
            .Repartition(Partitions)
            .FlatMap(slice => Enumerable.Repeat(new ArraySegment<string>(lines, Start(slice, lines), Start(slice + 1, lines) - Start(slice, lines)), Passes))
            .FlatMap(part => part)
            .FlatMap(line => line.Split(' '))
            .MapPartitionsWithIndex((partition, words) =>
            {
                counted[partition]++;
                return words.CountBy(word => word, StringComparer.Ordinal);
            })
            .Cache();
        var entries = counts.Count();
        for (var partition = 0; partition < Partitions; partition += 2) counts.DropPartition(partition);
        GC.Collect();
        GC.WaitForPendingFinalizers();

        var start = Stopwatch.GetTimestamp();
        var again = counts.Count();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        var isRight = again == entries && counted.Index().All(partition => partition.Item == (partition.Index % 2 == 0 ? 2 : 1));
        return (seconds, isRight ? Sum(counts.Collect()) : 0);
    }

    private static int Start(int slice, string[] lines) => (int)((long)slice * lines.Length / Partitions);

    private static ulong Count(string[] lines) => Sum(lines.SelectMany(line => line.Split(' ')).CountBy(word => word, StringComparer.Ordinal));

    // Of totals, in no order.
    private static ulong Sum(IEnumerable<KeyValuePair<string, int>> counts) =>
        counts.GroupBy(count => count.Key, StringComparer.Ordinal)
            .Aggregate(0UL, (sum, word) => unchecked(sum + (ResultChecksum.Hash(word.Key) * (ulong)word.Sum(count => count.Value))));

    private static void Report(int runs, int lines, Dictionary<int, List<double>> seconds)
    {
        Console.WriteLine(
            $"""
            # Recovery of lost RDD partitions
            {Machine.Describe()}

            Word counts of {lines} lines in {Partitions} kept partitions, every second of which is lost and counted again from its lineage
            (`FlatMap(line => line.Split(' '))`, counted by partition). Median of {runs} runs after {WarmUps} warm-ups, workers in turn; results checked.

            | workers | s | fastest-slowest run | M lines/s | ratio |
            |---:|---:|---:|---:|---:|
            """);
        var single = Median(seconds[1]);
        foreach (var workers in Workers)
        {
            var median = Median(seconds[workers]);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {workers} | {median:0.000} | {seconds[workers].Min():0.000}-{seconds[workers].Max():0.000} | {lines / 2 / median / 1e6:0.00} | {single / median:0.00} |"));
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
