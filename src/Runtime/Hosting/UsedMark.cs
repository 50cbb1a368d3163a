using System.Globalization;
using System.Text;
using Millrace.Data;

namespace Millrace.Runtime.Hosting;

/// <summary>A file in a checkpoint directory which says that a job had opened there, and so that a journal without its history has been lost.</summary>
/// <remarks>Written once, when the first job on the directory is up: a start that came to nothing leaves none. Its one line is for a person.</remarks>
internal sealed class UsedMark(string directory)
{
    private readonly string _file = Path.Combine(directory, "used");

    /// <summary>Whether a job had opened here.</summary>
    public bool IsThere => File.Exists(_file);

    /// <summary>Puts the mark, on the disk before the call returns; one that is there stays.</summary>
    /// <exception cref="ConfigurationException">It can't be written.</exception>
    public void Put(string job, string journal, DateTimeOffset now)
    {
        if (IsThere)
            return;
        try
        {
            Directory.CreateDirectory(directory);
            using var file = new FileStream(_file, FileMode.CreateNew, FileAccess.Write);
            file.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{By(job)}{now:u}, journal {journal}")));
            file.Flush(flushToDisk: true);
        }
        catch (IOException) when (IsThere)
        {
            // Another node of the cluster was faster.
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"Checkpoint directory {directory}: a directory that can be written expected, {cause.Message.ReplaceLineEndings(" ").TrimEnd('.')}; choose another, or make that one writable.", cause);
        }
    }

    /// <summary>The error of a start that finds the mark and no history.</summary>
    /// <param name="job">The job that is started, which may have another name than the one before.</param>
    /// <param name="journal">Where the history was looked for.</param>
    public ConfigurationException HistoryIsLost(string job, string journal)
    {
        var line = Line();
        return line.StartsWith(By(job), StringComparison.Ordinal)
            ? new($"Checkpoint directory {directory}: the history of an earlier start expected ({line}), none found in {journal}; restore that from a backup, or delete {_file} to start with nothing.")
            : new($"Checkpoint directory {directory}: the checkpoint of job {job} expected, that of another found ({line}); start the job under its former name, or choose another directory.");
    }

    private static string By(string job) => $"job {job}, since ";

    private string Line()
    {
        try
        {
            return File.ReadAllText(_file).ReplaceLineEndings(" ");
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return "of which is not known";
        }
    }
}
