using System.Diagnostics;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A disk in memory of 4 MB, mounted on a folder; needs the right to mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    public const int SizeBytes = 4 * 1024 * 1024;

    private readonly string _folder;

    public SmallDisk(string folder)
    {
        _folder = Directory.CreateDirectory(folder).FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={SizeBytes}", "none", _folder))
            throw new InvalidOperationException($"A disk in memory can't be mounted on {_folder}.");
    }

    /// <value>Why a test that needs one is skipped; null: it is not.</value>
    public static string? Obstacle { get; } = Probe();

    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", _folder), $"The disk at {_folder} can't be made read-only.");

    public void Dispose() => Run("umount", "-l", _folder);

    private static string? Probe()
    {
        var folder = Directory.CreateTempSubdirectory("millrace-mount-").FullName;
        try
        {
            using var disk = new SmallDisk(folder);
            return null;
        }
        catch (Exception cause) when (cause is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return cause.Message;
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
