using System.Globalization;
using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>The console: many seeds, one seed with its trace, or a mutant that has to be caught.</summary>
internal static class Program
{
    private const string Usage = "usage: [--seeds N] [--start S] [--mutant NAME] | --seed N [--trace] [--mutant NAME]";

    private static int Main(string[] args)
    {
        long? seeds = null;
        ulong? start = null;
        ulong? seed = null;
        var hasTrace = false;
        var mutant = ProtocolFaults.None;
        if (args.Any(arg => arg is "--help" or "-h"))
        {
            Console.WriteLine(Usage);
            return 0;
        }

        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            if (args.AsSpan(0, i).Contains(args[i]))
                return Refuse($"{args[i]} is given twice.");
            var isRead = args[i] switch
            {
                "--trace" => hasTrace = true,
                "--seeds" => long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var many) && many > 0 && (seeds = many) is not null,
                "--start" => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var first) && (start = first) is not null,
                "--seed" => ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var one) && (seed = one) is not null,
                "--mutant" => Enum.TryParse(value, ignoreCase: true, out mutant) && Enum.IsDefined(mutant) && mutant != ProtocolFaults.None && !char.IsDigit(value[0]),
                _ => false,
            };
            if (!isRead)
                return Refuse($"Cannot read '{args[i]} {value}'.");

            i += args[i] == "--trace" ? 0 : 1;
        }

        if (start > ulong.MaxValue - (ulong)(seeds ?? 20_000))
            return Refuse($"--start {start} leaves no room for {seeds ?? 20_000} seeds.");
        if (seed is not { } single)
            return hasTrace ? Refuse("--trace goes with --seed.") : RunMany(start ?? 1, seeds ?? 20_000, mutant);
        return seeds is null && start is null ? Replay(single, mutant, hasTrace) : Refuse("--seed replays one run; --seeds and --start are for many.");
    }

    private static int Refuse(string mistake)
    {
        Console.Error.WriteLine($"{mistake} {Usage}");
        return 2;
    }

    private static int Replay(ulong seed, ProtocolFaults mutant, bool hasTrace)
    {
        var message = SimBatch.RunOne(seed, mutant, out var cluster, hasTrace ? Console.Out.WriteLine : null);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{{\"seed\":{seed},\"violations\":{(message is null ? 0 : 1)},\"events\":{cluster.Counters.Events},\"epochs\":{cluster.Counters.Epochs},\"traceHash\":\"{cluster.TraceHash:x16}\"}}"));
        if (message is not null)
        {
            Console.Error.WriteLine(message);
        }

        return message is null ? 0 : 1;
    }

    private static int RunMany(ulong start, long seeds, ProtocolFaults mutant)
    {
        var started = TimeProvider.System.GetTimestamp();
        var batch = new SimBatch(start, seeds, mutant, stopsAtFirst: mutant != ProtocolFaults.None);
        batch.Run();
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var c = batch.Counters;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"runs\":{batch.Runs},\"kills\":{c.Kills},\"violations\":{batch.Violations.Count},\"runsPerSecond\":{batch.Runs / seconds:F0},\"standDowns\":{c.StandDowns},\"pauses\":{c.Pauses},\"slowdowns\":{c.Slowdowns},\"setAside\":{c.SetAside},\"resets\":{c.Resets},\"partitions\":{c.Partitions},\"dataCuts\":{c.DataCuts},\"takeovers\":{c.Takeovers},\"attempts\":{c.Attempts},\"unknownWrites\":{c.UnknownWrites},\"throws\":{c.Throws},\"snapshots\":{c.Snapshots},\"savepoints\":{c.Savepoints},\"orders\":{c.Orders},\"rescales\":{c.Rescales},\"trimmedRows\":{c.Trimmed},\"restoresAgain\":{c.RestoresAgain},\"imagesPassedOver\":{c.ImagesPassedOver},\"lostVolatile\":{c.Lost},\"outages\":{c.Outages},\"epochs\":{c.Epochs},\"events\":{c.Events},\"start\":{start}}}"));
        for (var i = 0; i < Math.Min(10, batch.Violations.Count); i++)
        {
            var (seed, message) = batch.Violations[i];
            var option = mutant == ProtocolFaults.None ? "" : $" --mutant {mutant}";
            Console.Error.WriteLine($"seed {seed}: {message.Split('\n')[0]} Replay: dotnet run -c Release --project tests/Simulation -- --seed {seed} --trace{option}");
        }

        return batch.Violations.Count == 0 ? 0 : 1;
    }
}
