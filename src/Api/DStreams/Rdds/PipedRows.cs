using System.ComponentModel;
using System.Diagnostics;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>A program that is given rows as lines and gives lines back; one for each partition.</summary>
internal static class PipedRows
{
    /// <exception cref="UserFunctionException">The program can't be started, or ends with an exit code other than 0.</exception>
    public static IEnumerable<string> Of<T>(IReadOnlyList<string> command, IEnumerable<T> rows)
    {
        using var process = Start(command);
        var (output, complaints) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            // Here and not beside: rows are computed on the thread of their task.
            Feed(process.StandardInput, rows);
            process.WaitForExit();
        }
        catch
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return process.ExitCode == 0
            ? LinesOf(output.GetAwaiter().GetResult())
            : throw new UserFunctionException($"pipe: exit code 0 of {command[0]} expected, {process.ExitCode} found: {UserText.OfValue(complaints.GetAwaiter().GetResult().Trim())}");
    }

    private static Process Start(IReadOnlyList<string> command)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(command[0], command.Skip(1))
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
        }
        catch (Win32Exception cause)
        {
            throw new UserFunctionException($"pipe: a program expected, {command[0]} found, which can't be started: {UserText.OfValue(cause.Message)}", cause);
        }
    }

    private static void Feed<T>(StreamWriter input, IEnumerable<T> rows)
    {
        var hasEnded = false;
        foreach (var row in rows)
            hasEnded = hasEnded || !TryWrite(input, RowText.Spell(row));
        TryWrite(input, null);
    }

    // A program may end before it has read all, as head does: its exit code says whether that is meant.
    private static bool TryWrite(StreamWriter input, string? line)
    {
        try
        {
            if (line is null)
                input.Dispose();
            else
                input.WriteLine(line);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static IEnumerable<string> LinesOf(string text)
    {
        using var lines = new StringReader(text);
        while (lines.ReadLine() is { } line)
            yield return line;
    }
}
