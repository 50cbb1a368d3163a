using System.Globalization;
using System.Text;
using Millrace.Data;

namespace Millrace.Runtime.Hosting;

/// <summary>Keeps a checkpoint directory for one job of one process; the system gives it back when the process ends, however it ends.</summary>
/// <remarks>Without it a program that is started twice by mistake would take the job away from the first.</remarks>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <exception cref="ConfigurationException">Somebody else has it, or the directory can't be used.</exception>
    public static DirectoryLock Take(string directory, string job, DateTimeOffset now)
    {
        var path = PathIn(directory);
        try
        {
            Directory.CreateDirectory(directory);
            var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"job {job}, process {Environment.ProcessId}, since {now:u}")));
            file.Flush();
            return new(file);
        }
        catch (IOException taken) when (OwnerOf(path) is { } owner)
        {
            throw new ConfigurationException($"Checkpoint directory {directory}: a free one expected, one in use found ({owner}); stop that job, or choose another directory.", taken);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ConfigurationException($"Checkpoint directory {directory}: a directory that can be written expected, {cause.Message.ReplaceLineEndings(" ")}", cause);
        }
    }

    /// <summary>Whether somebody has it.</summary>
    public static bool IsTaken(string directory)
    {
        try
        {
            using var file = new FileStream(PathIn(directory), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return false;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return OwnerOf(PathIn(directory)) is not null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static string PathIn(string directory) => Path.Combine(directory, "lock");

    /// <summary>What the owner wrote; null where there is none.</summary>
    private static string? OwnerOf(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(file);
            return reader.ReadToEnd() is { Length: > 0 } owner ? owner : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
