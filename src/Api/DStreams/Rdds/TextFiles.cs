namespace Millrace.DStreams.Rdds;

/// <summary>A directory of text files, one a partition: written aside, in their places once all are whole.</summary>
/// <remarks><c>part-00000 … part-00007 _SUCCESS</c>; after a failure <c>_temporary</c> stays and <c>_SUCCESS</c> is missing.</remarks>
internal sealed class TextFiles
{
    private readonly string _path;

    /// <exception cref="IOException">The directory exists.</exception>
    public TextFiles(string path)
    {
        if (Path.Exists(path))
            throw new IOException($"Output directory {path} exists already, a new one expected.");
        _path = path;
        Directory.CreateDirectory(Temporary);
    }

    private string Temporary => Path.Combine(_path, "_temporary");

    public void Write(int partition, IEnumerable<string> lines)
    {
        using var writer = new StreamWriter(Path.Combine(Temporary, $"part-{partition:D5}")) { NewLine = "\n" };
        foreach (var line in lines)
            writer.WriteLine(line);
    }

    public void Commit()
    {
        foreach (var file in Directory.GetFiles(Temporary))
            File.Move(file, Path.Combine(_path, Path.GetFileName(file)));
        Directory.Delete(Temporary);
        File.Create(Path.Combine(_path, "_SUCCESS")).Dispose();
    }
}
