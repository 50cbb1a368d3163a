using System.Globalization;
using System.Text;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Reads what a <see cref="FileSink{T}"/> has committed: each row once, whatever failed while it was written.</summary>
/// <remarks>Follows the manifest anew with each call, so later calls see more; the sink may write meanwhile.</remarks>
public sealed class FileSinkReader
{
    private readonly string _directory;

    /// <param name="directory">Where the sink writes.</param>
    public FileSinkReader(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        _directory = Path.GetFullPath(directory);
    }

    /// <summary>The committed files, in order of partitions and epochs; none where no sink has written yet.</summary>
    /// <exception cref="JobFailedException">The manifest is damaged.</exception>
    public IReadOnlyList<CommittedFile> Files()
    {
        var root = Path.Combine(_directory, FileSinkManifest.Directory);
        if (!Directory.Exists(root))
            return [];
        var partitions = Directory.GetDirectories(root)
            .Select(path => int.TryParse(Path.GetFileName(path), NumberStyles.None, CultureInfo.InvariantCulture, out var partition) ? partition : -1)
            .Where(partition => partition >= 0).Order();
        return [.. partitions.SelectMany(Files)];
    }

    /// <summary>The lines of the committed files, in the same order.</summary>
    /// <exception cref="JobFailedException">The manifest is damaged, or a file is not as it was committed.</exception>
    public IEnumerable<string> ReadLines()
    {
        foreach (var file in Files())
        {
            Check(file);
            foreach (var line in File.ReadLines(file.Path, Encoding.UTF8))
                yield return line;
        }
    }

    private static void Check(CommittedFile file)
    {
        var info = new FileInfo(file.Path);
        if (!info.Exists || info.Length != file.Bytes)
            throw new JobFailedException($"File {FilePaths.Printable(file.Path)}: {file.Bytes} bytes expected by the manifest, {(info.Exists ? info.Length : "no file")} found; restore it from a copy.");
    }

    private IEnumerable<CommittedFile> Files(int partition) =>
        from entry in new FileSinkManifest(_directory, partition).ReadAll()
        from file in entry.Files
        select new CommittedFile(partition, entry.Epoch, Path.Combine(_directory, file.Name), file.Bytes, file.Rows);
}
