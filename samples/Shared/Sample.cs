using System.Globalization;
using Millrace.Data;

namespace Millrace.Samples;

/// <summary>What every sample does around its streams: reads the arguments <c>[HOST PORT]</c> and turns errors into one line and an exit code.</summary>
internal static class Sample
{
    private const int JobFailed = 1;
    private const int UserError = 2;

    /// <summary>Runs the sample; the result is the exit code of the process.</summary>
    public static async Task<int> RunAsync(string[] args, Func<TextInput, Task> run)
    {
        var usage = $"Usage: {typeof(Sample).Assembly.GetName().Name} [HOST PORT]";
        if (args is ["-h" or "--help"])
            return Help($"{usage}: reads from the text server there, e.g. `nc -lk 9999`, until Ctrl-C; without arguments from one of its own with a bundled text.");
        if (args.Length is not (0 or 2))
            return Refuse($"{usage}; no argument or two expected, {args.Length} found.");
        var port = 0;
        if (args.Length == 2 && !(int.TryParse(args[1], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535))
            return Refuse($"Port '{args[1]}' found, a number from 1 to 65535 expected.");

        return await RunAsync(async () =>
        {
            await using var bundled = args.Length == 0 ? new BundledText() : null;
            await run(bundled is null ? new TextInput(args[0], port, bundled) : new TextInput("localhost", bundled.Port, bundled));
        });
    }

    /// <summary>Runs a sample that takes its arguments itself.</summary>
    public static async Task<int> RunAsync(Func<Task> run)
    {
        try
        {
            await run();
            // Not 0 where Ctrl-C found work that did not end in time.
            return Environment.ExitCode;
        }
        catch (JobFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return JobFailed;
        }
        catch (IOException failure)
        {
            await Console.Error.WriteLineAsync($"Input and output that work expected, found: {failure.Message}");
            return JobFailed;
        }
        catch (MillraceException mistake)
        {
            return Refuse(mistake.Message);
        }
    }

    /// <summary>Says how the sample is called; the result is the exit code.</summary>
    public static int Help(string usage)
    {
        Console.WriteLine(usage);
        return 0;
    }

    /// <summary>Says what is wrong with how the sample was called; the result is the exit code.</summary>
    public static int Refuse(string message)
    {
        Console.Error.WriteLine(message);
        return UserError;
    }
}
