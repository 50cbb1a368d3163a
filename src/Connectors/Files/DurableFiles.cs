using System.Runtime.InteropServices;

namespace Millrace.Connectors.Files;

/// <summary>Files that are there whole or not at all, also after a crash of the machine.</summary>
internal static partial class DurableFiles
{
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int NotPermitted = 1;
    private const int FileExists = 17;
    private const int NotSupported = 95;
    private const int NoSpace = 28;
    private const int QuotaExceeded = 122;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    /// <summary>Whether the disk had no room, or this user none on it: the same may succeed later.</summary>
    public static bool IsDiskFull(Exception error) =>
        error is IOException { HResult: NoSpace or QuotaExceeded or NoSpaceOnWindows } || (error.InnerException is { } cause && IsDiskFull(cause));

    /// <summary>Writes the file, or replaces it, in one step.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = WriteTemporary(path, bytes);
        File.Move(temporary, path, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>Writes the file in one step where there is none; false where there is one, which is left as it is.</summary>
    public static bool TryCreate(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = WriteTemporary(path, bytes);
        try
        {
            if (!TryName(temporary, path))
                return false;
        }
        finally
        {
            File.Delete(temporary);
        }

        SyncDirectory(Path.GetDirectoryName(path)!);
        return true;
    }

    /// <summary>Makes the names in a directory durable. On Linux alone; elsewhere the system decides when.</summary>
    public static void SyncDirectory(string path)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var directory = OpenDirectory(path, ReadOnly | CloseOnExec);
        if (directory < 0)
            throw new IOException($"Directory {FilePaths.Printable(path)} can't be opened (error {Marshal.GetLastPInvokeError()}).");
        var isSynced = Sync(directory) == 0;
        var error = Marshal.GetLastPInvokeError();
        var isClosed = CloseDirectory(directory) == 0;
        if (!isSynced || !isClosed)
            throw new IOException($"Directory {FilePaths.Printable(path)} can't be made durable (error {error}).");
    }

    // Why not File.Move on Unix: it looks whether the name is taken and then renames, so that of two at once both succeed.
    private static bool TryName(string temporary, string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            return Link(temporary, path) == 0 || Marshal.GetLastPInvokeError() switch
            {
                FileExists => false,
                NotPermitted or NotSupported => throw new NotSupportedException($"A file system with hard links expected at {FilePaths.Printable(path)}, one without found; use another."),
                var error => throw new IOException($"File {FilePaths.Printable(path)} can't be created (error {error}).", error),
            };
        }

        try
        {
            File.Move(temporary, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static string WriteTemporary(string path, ReadOnlySpan<byte> bytes)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write);
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
            return temporary;
        }
        catch
        {
            // It would take room on a disk that may have none.
            File.Delete(temporary);
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDirectory(string path, int flags);

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDirectory(int file);
}
