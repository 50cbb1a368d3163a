using System.Globalization;

namespace Millrace.Chaos;

/// <summary>The console: one line of JSON on the standard output, progress on the other; exit code 1 on a fault, 2 on arguments that make no sense.</summary>
internal static class Program
{
    private const string Usage =
        "usage: single [--kills N] [--minutes N] [--seed N] [--journal sqlite|postgres] [--postgres CONNECTION] [--rate RECORDS_PER_SECOND] [--victim DLL] [--directory PATH]";

    private static async Task<int> Main(string[] args)
    {
        if (args is ["--help"] or ["single", "--help"])
        {
            Console.WriteLine(Usage);
            return 0;
        }

        if (args is not ["single", .. var rest])
            return await RefuseAsync(string.Join(' ', args));
        if (Read(rest, out var wrong) is not { } options)
            return await RefuseAsync(wrong);

        try
        {
            var report = await new ChaosRun(options, Console.Error).RunAsync();
            Console.WriteLine(report.ToJson());
            return report.Verdict.IsClean ? 0 : 1;
        }
        catch (ChaosException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or System.Data.Common.DbException or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"A directory and a server that can be used expected, {error.Message.ReplaceLineEndings(" ").TrimEnd('.')}; correct --directory or --postgres.");
            return 2;
        }
    }

    private static async Task<int> RefuseAsync(string wrong)
    {
        await Console.Error.WriteLineAsync($"Cannot read '{wrong}'. {Usage}");
        return 2;
    }

    /// <param name="args">Options and their values.</param>
    /// <param name="wrong">The first that makes no sense: unknown, there twice, or with a value that can't be.</param>
    private static ChaosOptions? Read(string[] args, out string wrong)
    {
        var options = new ChaosOptions();
        for (var index = 0; index < args.Length; index += 2)
        {
            wrong = string.Join(' ', args.Skip(index).Take(2));
            if (index + 1 == args.Length || Array.IndexOf(args, args[index]) < index || Read(options, args[index], args[index + 1]) is not { } read)
                return null;
            options = read;
        }

        wrong = "";
        return options;
    }

    private static ChaosOptions? Read(ChaosOptions options, string name, string value) => name switch
    {
        "--kills" when Number(value) is > 0 and var kills => options with { Kills = kills },
        "--minutes" when Number(value) is > 0 and var minutes => options with { TimeLimit = TimeSpan.FromMinutes(minutes) },
        "--seed" when Number(value) is { } seed => options with { Seed = seed },
        "--rate" when Number(value) is > 0 and var rate => options with { RecordsPerSecond = rate },
        "--journal" when value == "sqlite" => options with { Journal = JournalKind.Sqlite },
        "--journal" when value == "postgres" => options with { Journal = JournalKind.Postgres },
        "--postgres" => options with { Postgres = value, Journal = JournalKind.Postgres },
        "--victim" when File.Exists(value) => options with { Victim = value },
        "--directory" => options with { Directory = value },
        _ => null,
    };

    private static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
