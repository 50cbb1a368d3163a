using System.Runtime.InteropServices;
using System.Text;

namespace Millrace.Connectors.Files;

/// <summary>What paths lead to.</summary>
internal static partial class FilePaths
{
    private const int LinksMax = 40;
    private const int StatxBytes = 256;
    private const int StatxModeOffset = 28;
    private const int AtCurrentDirectory = -100;
    private const uint StatxType = 1;
    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;

    /// <summary>The path without control characters, fit for one line.</summary>
    public static string Printable(string path)
    {
        if (!path.Any(char.IsControl))
            return path;
        var text = new StringBuilder(path.Length);
        foreach (var character in path)
            text.Append(char.IsControl(character) ? '\uFFFD' : character);
        return text.ToString();
    }

    /// <summary>The path with every link on its way followed; null where links go in a circle.</summary>
    public static string? Resolve(string path)
    {
        var current = Path.GetPathRoot(path)!;
        var rest = new Stack<string>();
        Push(rest, path[current.Length..]);
        for (var links = 0; rest.TryPop(out var part);)
        {
            if (part == "..")
            {
                current = Path.GetDirectoryName(current) ?? current;
                continue;
            }

            var next = Path.Combine(current, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                current = next;
                continue;
            }

            if (++links > LinksMax)
                return null;
            var root = Path.GetPathRoot(target)!;
            if (root.Length > 0)
                current = root;
            Push(rest, target[root.Length..]);
        }

        return current;
    }

    /// <summary>Whether the path is neither a regular file nor gone. Never opens it.</summary>
    /// <remarks>Known on Linux alone. Elsewhere it suffices that special files have no size, and what has none is never opened.</remarks>
    public static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux())
            return false;
        Span<byte> status = stackalloc byte[StatxBytes];
        return Statx(AtCurrentDirectory, path, 0, StatxType, ref MemoryMarshal.GetReference(status)) == 0
            && (MemoryMarshal.Read<ushort>(status[StatxModeOffset..]) & TypeMask) != RegularType;
    }

    private static void Push(Stack<string> rest, string path)
    {
        foreach (var part in path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse())
        {
            if (part != ".")
                rest.Push(part);
        }
    }

    // Why statx: its layout is the same on every machine, unlike that of stat.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, ref byte status);
}
