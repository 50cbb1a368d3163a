using System.Globalization;

namespace Millrace.DStreams.Rdds;

/// <summary>A directory of files, one a partition: written aside, in their places once all are whole.</summary>
/// <remarks><c>part-00000 … part-00007 _SUCCESS</c>; after a failure <c>_temporary</c> stays and <c>_SUCCESS</c> is missing.</remarks>
internal sealed class PartFiles
{
    private const string Prefix = "part-";

    private readonly string _path;

    /// <param name="path">The directory to make.</param>
    /// <param name="replaces">Whether parts that are there already, of a run that was cut or is repeated, are replaced.</param>
    /// <exception cref="IOException">The directory exists, and is not to be replaced.</exception>
    public PartFiles(string path, bool replaces = false)
    {
        if (!replaces && Path.Exists(path))
            throw new IOException($"Output directory {path} exists already, a new one expected.");
        _path = path;
        if (Directory.Exists(Temporary))
            Directory.Delete(Temporary, recursive: true);
        RefuseFiles();
        try
        {
            Directory.CreateDirectory(Temporary);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Output directory {path}: one that can be made expected, {cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}; choose another path, or make its parent writable.", cause);
        }
    }

    private string Temporary => Path.Combine(_path, "_temporary");

    private void RefuseFiles()
    {
        for (var path = Path.GetFullPath(_path); path is not null; path = Path.GetDirectoryName(path))
        {
            if (File.Exists(path))
                throw new IOException($"Output directory {_path}: a directory expected at {path}, a file found; choose another path.");
        }
    }

    /// <summary>A new file for the partition.</summary>
    public FileStream Create(int partition) => File.Create(Path.Combine(Temporary, $"{Prefix}{partition:D5}"));

    /// <summary>Puts the files in their places.</summary>
    public void Commit()
    {
        File.Delete(SuccessOf(_path));
        foreach (var file in Directory.GetFiles(_path, Prefix + "*").Where(file => NumberOf(file) is not null))
            File.Delete(file);
        foreach (var file in Directory.GetFiles(Temporary))
            File.Move(file, Path.Combine(_path, Path.GetFileName(file)));
        Directory.Delete(Temporary);
        File.Create(SuccessOf(_path)).Dispose();
    }

    /// <summary>The files of a directory that is whole, by partition.</summary>
    /// <exception cref="IOException">There is none, it is not whole, or a part is missing.</exception>
    public static string[] Find(string path)
    {
        if (!Directory.Exists(path))
            throw new DirectoryNotFoundException($"Directory {path} expected, none found; correct the path.");
        if (!File.Exists(SuccessOf(path)))
            throw new IOException($"Directory {path} with {Path.GetFileName(SuccessOf(path))} expected, one without found: writing it has not ended; write it again.");
        var files = Directory.GetFiles(path, Prefix + "*")
            .Select(file => (File: file, Number: NumberOf(file)))
            .Where(part => part.Number is not null)
            .OrderBy(part => part.Number)
            .ToArray();
        for (var partition = 0; partition < files.Length; partition++)
        {
            if (files[partition].Number != partition)
                throw new IOException($"Directory {path}: {Prefix}{partition:D5} expected, {Path.GetFileName(files[partition].File)} found; write it again, or use another copy.");
        }

        return Array.ConvertAll(files, part => part.File);
    }

    private static int? NumberOf(string file) =>
        int.TryParse(Path.GetFileName(file.AsSpan())[Prefix.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string SuccessOf(string path) => Path.Combine(path, "_SUCCESS");
}
