using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Millrace.DStreams;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>Cases whose driver ends and comes back.</summary>
internal static partial class RestartCases
{
    private static readonly int[] Seeds = [1, 2, 3];

    /// <summary>Stopped between two batches.</summary>
    public static async Task RunAfterStopAsync(JsonObject test)
    {
        var (expected, stopAfter) = (test["expected"]!.AsArray(), (int)test["restartAfterBatches"]!);
        var batches = new Queue<string[]>(test["inputs"]!["s"]!.AsArray().Select(batch => batch!.AsArray().Select(Text.Of).ToArray()));
        var queue = new ConcurrentQueue<string[]>();
        await using var run = new RestartableRun(CaseProgram.BatchOf(test), 2, context => Build(test, context.QueueStream(queue)));
        await run.StartAsync();
        for (var batch = 1; batch <= expected.Count; batch++)
        {
            queue.Enqueue(batches.Dequeue());
            run.Tick();
            await run.CatchUpAsync();
            if (batch != stopAfter)
                continue;
            DStreamCases.CheckBatches([.. expected.Take(stopAfter).Select(rows => rows!.DeepClone())], run.Outputs, isOrdered: false);
            await run.KillAsync();
            await run.StartAsync();
        }

        DStreamCases.CheckBatches(expected, run.Outputs, isOrdered: false);
    }

    /// <summary>Killed in the middle of a batch, with files that come meanwhile; the numbers are those of the scenario's text.</summary>
    public static async Task RunFilesAsync(JsonObject test)
    {
        using var files = new CaseFiles();
        var scenario = (string)test["scenario"]!;
        var phases = FilesAppear().Matches(scenario).Select(match => Numbers(match.Groups[1].Value)).ToArray();
        var blocked = int.Parse(BlockedBatch().Match(scenario).Groups[1].Value, CultureInfo.InvariantCulture);
        var read = new ConcurrentDictionary<long, string[]>();
        var interval = CaseProgram.BatchOf(test);
        await using var run = new RestartableRun(interval, 2, context =>
        {
            var lines = context.TextFileStream(files.Watched).Map(Text.Of);
            lines.ForeachRDD((rdd, time) => read[time.Milliseconds] = rdd.Collect());
            return Build(test, lines);
        });
        await run.StartAsync();
        run.BlockedAtMs = blocked * (long)interval.TotalMilliseconds;
        foreach (var file in phases[0])
            await AppearAsync(file);
        await run.KillAsync();
        var killedMs = run.NowMs;

        foreach (var file in phases[1])
        {
            Write(file);
            run.Tick();
        }

        await run.StartAsync();
        await run.CatchUpAsync();
        CheckFiles("expectedRecordedFilesAfterRestart", read.Where(batch => batch.Key <= killedMs));
        foreach (var file in phases[2])
            await AppearAsync(file);

        CheckFiles("expectedRecordedFilesAtEnd", read);
        Assert.Equal(
            test["expectedOutputSet"]!.AsArray().Select(Text.Of).Order(StringComparer.Ordinal),
            run.Outputs.SelectMany(rows => rows).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

        void Write(int file) => files.Write(file, file.ToString(CultureInfo.InvariantCulture), run.HalfwayMs);

        Task AppearAsync(int file)
        {
            Write(file);
            run.Tick();
            return run.CatchUpAsync();
        }

        void CheckFiles(string field, IEnumerable<KeyValuePair<long, string[]>> batches) => Assert.Equal(
            test[field]!.AsArray().Select(file => (long)file!),
            batches.SelectMany(batch => batch.Value).Select(row => long.Parse(Text.String(row), CultureInfo.InvariantCulture)).Order());
    }

    /// <summary>Killed again and again at seeded moments: before, in and behind a batch, for as long as a few more.</summary>
    public static async Task RunChaosAsync(JsonObject test)
    {
        foreach (var seed in Seeds)
            await RunChaosAsync(test, new Random(seed), seed);
    }

    private static async Task RunChaosAsync(JsonObject test, Random random, int seed)
    {
        using var files = new CaseFiles();
        var batches = (int)test["numBatches"]!;
        var content = Content((string)test["ops"]![0]![0]!);
        await using var run = new RestartableRun(CaseProgram.BatchOf(test), 2, context => Build(test, context.TextFileStream(files.Watched).Map(Text.Of)));
        await run.StartAsync();
        var (downUntil, kills) = (0, 0);
        for (var batch = 1; batch <= batches; batch++)
        {
            files.Write(batch, content(batch), run.HalfwayMs);
            run.Tick();
            if (batch < downUntil)
                continue;
            if (downUntil > 0)
                await run.StartAsync();
            downUntil = 0;
            var moment = random.Next(3);
            if (moment == 0)
                await run.CatchUpAsync();
            if (moment <= 1 && batch < batches)
            {
                await run.KillAsync();
                kills++;
                downUntil = batch + 1 + random.Next(3);
            }
        }

        if (downUntil > 0)
            await run.StartAsync();
        await run.CatchUpAsync();
        Assert.True(kills > 0, $"no kill with seed {seed}");
        CheckRule((string)test["rule"]!, run.Outputs.SelectMany(rows => rows).ToArray(), batches);
    }

    private static DStream<string> Build(JsonObject test, DStream<string> input) =>
        new CaseProgram(test, new Dictionary<string, DStream<string>>(StringComparer.Ordinal) { ["s"] = input }).Build();

    private static Func<int, string> Content(string source) => source switch
    {
        "fileStream: file i contains one line i" => i => i.ToString(CultureInfo.InvariantCulture),
        "fileStream: file i contains \"a\" repeated i times" => i => string.Join(' ', Enumerable.Repeat("a", i)),
        _ => throw new AbsentFeatureException($"the source {source}"),
    };

    private static void CheckRule(string rule, string[] outputs, int batches)
    {
        if (rule.Contains("distinct(outputs) == {1..numBatches}", StringComparison.Ordinal))
        {
            Assert.Equal(Enumerable.Range(1, batches).Select(i => (long)i), outputs.Select(Text.Number).Distinct().Order());
        }
        else if (rule.StartsWith("every output is one of (\"a\", i(i+1)/2), i=1..numBatches, and the last output is", StringComparison.Ordinal))
        {
            var sums = Enumerable.Range(1, batches).Select(i => Text.Pair(Text.Of("a"), Text.Of(i * (i + 1L) / 2))).ToArray();
            Assert.All(outputs, output => Assert.Contains(output, sums));
            Assert.Equal(sums[^1], outputs[^1]);
        }
        else
        {
            throw new AbsentFeatureException($"the rule {rule}");
        }
    }

    private static int[] Numbers(string list) => [.. list.Split(',').Select(number => int.Parse(number, CultureInfo.InvariantCulture))];

    [GeneratedRegex(@"files ([\d,]+) appear")]
    private static partial Regex FilesAppear();

    [GeneratedRegex(@"the job of batch (\d+) blocks")]
    private static partial Regex BlockedBatch();
}
