using Millrace.Chaos.Cluster;

namespace Millrace.Chaos;

/// <summary>The console: one line of JSON on the standard output, progress on the other; exit code 1 on a fault, 2 on arguments that make no sense.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        if (args is ["--help"] or [_, "--help"])
        {
            Console.WriteLine(ChaosArguments.Usage);
            return 0;
        }

        if (ChaosArguments.Read(args, out var wrong) is not { } options)
        {
            await Console.Error.WriteLineAsync($"Cannot read '{wrong}'.\n{ChaosArguments.Usage}");
            return 2;
        }

        try
        {
            var (json, isClean) = await RunAsync(options);
            Console.WriteLine(json);
            return isClean ? 0 : 1;
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

    private static async Task<(string Json, bool IsClean)> RunAsync(ChaosOptions options)
    {
        if (options is ClusterOptions cluster)
        {
            var found = await new ClusterRun(cluster, Console.Error).RunAsync();
            return (found.ToJson(), found.Verdict.IsClean);
        }

        var report = await new SingleRun((SingleOptions)options, Console.Error).RunAsync();
        return (report.ToJson(), report.Verdict.IsClean);
    }
}
