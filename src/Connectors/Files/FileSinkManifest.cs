using System.Globalization;
using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Which epochs of one partition are committed: a chain of files, each named by the epoch before.</summary>
/// <remarks>
/// <code>
/// _millrace/0/0.block   epochs 1 … 100
/// _millrace/0/100       epoch 101
/// _millrace/0/101       epoch 104
/// </code>
/// <para>The file that continues epoch e is created exclusively: of several writers that have e as their watermark, one commits. A block has
/// the name of the first entry that it replaces, and is there before they are deleted; whoever walks the chain and finds no next file
/// looks once more whether a block has replaced what it walked over.</para>
/// <para>A writer that stands on deleted entries can still create one; nobody's chain leads to it.</para>
/// </remarks>
internal sealed class FileSinkManifest(string root, int partition)
{
    public const string Directory = "_millrace";

    private readonly string _path = Path.Combine(root, Directory, partition.ToString(CultureInfo.InvariantCulture));
    private readonly List<FileSinkEntry> _entries = [];
    private long _blockStart;

    /// <summary>The last epoch of the chain, as far as it has been walked.</summary>
    public long Watermark => _entries.Count == 0 ? _blockStart : _entries[^1].Epoch;

    /// <summary>Entries behind the last block.</summary>
    public int Entries => _entries.Count;

    public void Create() => System.IO.Directory.CreateDirectory(_path);

    /// <summary>Goes to the last block, leaving out those before it: a writer needs no more.</summary>
    public void SkipBlocks()
    {
        foreach (var path in System.IO.Directory.EnumerateFiles(_path, "*.block"))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var start))
                _blockStart = Math.Max(_blockStart, start);
        }
    }

    /// <summary>Walks on to the end of the chain.</summary>
    /// <returns>The blocks passed.</returns>
    /// <exception cref="JobFailedException">A file of the manifest is not one.</exception>
    public List<FileSinkEntry> Refresh()
    {
        var passed = new List<FileSinkEntry>();
        for (; ; )
        {
            // Before the entries and after them: a block may have come meanwhile.
            if (Read(BlockPath) is { } block)
            {
                passed.AddRange(block);
                _entries.Clear();
                _blockStart = block[^1].Epoch;
            }
            else if (Read(EntryPath(Watermark)) is { } entry)
            {
                _entries.AddRange(entry);
            }
            else if (!File.Exists(BlockPath))
            {
                return passed;
            }
        }
    }

    /// <summary>All committed epochs in order.</summary>
    public List<FileSinkEntry> ReadAll()
    {
        if (!System.IO.Directory.Exists(_path))
            return [];
        var blocks = Refresh();
        return [.. blocks, .. _entries];
    }

    /// <summary>Continues the chain; false where somebody else has.</summary>
    public bool TryAppend(FileSinkEntry entry)
    {
        if (!DurableFiles.TryCreate(EntryPath(entry.Previous), FileSinkEntry.Format([entry])))
            return false;
        _entries.Add(entry);
        return true;
    }

    /// <summary>Puts the entries into a block and deletes them.</summary>
    public void Compact(Action<FileSinkStep>? afterStep)
    {
        var isMine = DurableFiles.TryCreate(BlockPath, FileSinkEntry.Format(_entries));
        afterStep?.Invoke(FileSinkStep.BlockWritten);
        if (!isMine)
            return;
        foreach (var entry in _entries)
            File.Delete(EntryPath(entry.Previous));
        _blockStart = Watermark;
        _entries.Clear();
        afterStep?.Invoke(FileSinkStep.EntriesDeleted);
    }

    private string BlockPath => EntryPath(_blockStart) + ".block";

    private string EntryPath(long previous) => Path.Combine(_path, previous.ToString(CultureInfo.InvariantCulture));

    private static List<FileSinkEntry>? Read(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        return FileSinkEntry.Parse(file)
            ?? throw new JobFailedException($"Manifest {FilePaths.Printable(path)}: epochs and files as they were committed expected, changed ones found (their checksum differs); restore it from a copy.");
    }
}
