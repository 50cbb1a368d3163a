using System.Diagnostics;

namespace Millrace.TestServers;

/// <summary>A file system of a megabyte in memory. It takes the right to mount; without it its tests are skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _filler;

    /// <summary>With half of it taken.</summary>
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

    /// <summary>Takes what room is left.</summary>
    public void Fill()
    {
        using var filler = System.IO.File.OpenWrite(_filler + "2");
        var page = new byte[4096];
        try
        {
            while (true)
                RandomAccess.Write(filler.SafeFileHandle, page, RandomAccess.GetLength(filler.SafeFileHandle));
        }
        catch (IOException)
        {
            // It is full.
        }
    }

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
