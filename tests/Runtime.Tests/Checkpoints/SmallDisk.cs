using System.Diagnostics;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>A file system of a megabyte in memory. It takes the right to mount; without it its tests are skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    public SmallDisk()
    {
        Folder = Path.Combine(Path.GetTempPath(), $"millrace-disk-{Guid.NewGuid():N}");
        _filler = Path.Combine(Folder, "filler");
        Directory.CreateDirectory(Folder);
        IsMounted = Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", Folder);
        if (!IsMounted)
            Directory.Delete(Folder);
        Skip.IfNot(IsMounted, "No right to mount a file system; run the tests as root.");
        System.IO.File.WriteAllBytes(_filler, new byte[512 * 1024]);
    }

    public string Folder { get; }

    private bool IsMounted { get; }

    public void FreeSpace() => System.IO.File.Delete(_filler);

    /// <summary>False while a file on it is open for writing.</summary>
    public bool TryMakeReadOnly() => Run("mount", "-o", "remount,ro", Folder);

    public void Dispose()
    {
        if (!IsMounted)
            return;
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
