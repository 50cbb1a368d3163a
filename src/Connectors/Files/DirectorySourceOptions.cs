using Millrace.Data;

namespace Millrace.Connectors.Files;

/// <summary>Which files a <see cref="DirectorySource{T}"/> takes. Checked when the source is made.</summary>
public sealed record DirectorySourceOptions
{
    private static readonly TimeSpan WindowMax = TimeSpan.FromDays(365);

    /// <summary>Decides by a file's full path whether it is taken. Called on the task's thread once a poll for every file that is otherwise new; must be quick and not throw.</summary>
    /// <value>Default null: every file is taken, except those whose name starts with <c>.</c> or ends with <c>._COPYING_</c>, which never are.</value>
    public Func<string, bool>? Filter { get; init; }

    /// <summary>Whether files that were modified before the start are left alone.</summary>
    /// <value>Default true. False: the first epoch takes every file that is there, whatever its age.</value>
    public bool NewFilesOnly { get; init; } = true;

    /// <summary>Where <see cref="NewFilesOnly"/> holds, files modified at or before this moment are left alone.</summary>
    /// <value>Default null: the first epoch's planned time less <see cref="RememberWindow"/>. Spark takes the moment when the stream was made. Of no effect on a job that goes on from a checkpoint.</value>
    public DateTimeOffset? NewerThan { get; init; }

    /// <summary>
    /// How much later than its modification time a file may appear in the directory. Names taken are remembered as long, so that a
    /// file is taken once; a file that appears still later is never taken.
    /// </summary>
    /// <value>Default 60 s. More than zero, at most 365 days.</value>
    public TimeSpan RememberWindow { get; init; } = TimeSpan.FromSeconds(60);

    internal void Validate(string source)
    {
        if (RememberWindow <= TimeSpan.Zero || RememberWindow > WindowMax)
            throw new GraphException($"Source {source}: RememberWindow {RememberWindow} found, more than zero and at most {WindowMax.TotalDays:0} days expected; correct the option.");
    }
}
