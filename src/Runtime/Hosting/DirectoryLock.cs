using System.Globalization;
using Millrace.Data;

namespace Millrace.Runtime.Hosting;

/// <summary>Keeps a checkpoint directory for one job of one process; the system gives it back when the process ends, however it ends.</summary>
/// <remarks>Without it a program that is started twice by mistake would take the job away from the first.</remarks>
internal sealed class DirectoryLock : IDisposable
{
    // What an exception says when somebody else has the file open.
    private const int LockedOnLinux = 11;
    private const int LockedOnMac = 35;
    private const int LockedOnWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <summary>Takes the directory; null when somebody else has it.</summary>
    /// <exception cref="ConfigurationException">It can't be used.</exception>
    public static DirectoryLock? TryTake(string directory, string job, DateTimeOffset now)
    {
        try
        {
            Directory.CreateDirectory(directory);
            var file = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(OwnerIn(directory), string.Create(CultureInfo.InvariantCulture, $"job {job}, process {Environment.ProcessId}, since {now:u}"));
            return new(file);
        }
        catch (IOException taken) when (taken.HResult is LockedOnLinux or LockedOnMac or LockedOnWindows)
        {
            return null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new ConfigurationException($"Checkpoint directory {directory}: a directory that can be written expected, {cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}; choose another, or make that one writable.", cause);
        }
    }

    /// <summary>Who has it, for a person.</summary>
    public static string OwnerOf(string directory)
    {
        try
        {
            return File.ReadAllText(OwnerIn(directory));
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return "by whom is not known";
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // Why beside the lock: a locked file can't be read.
    private static string OwnerIn(string directory) => Path.Combine(directory, "lock-owner");
}
