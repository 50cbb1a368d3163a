using Millrace.Client;
using Millrace.Runtime.Hosting;

namespace Millrace.Testing;

/// <summary>How a <see cref="StreamScript"/> runs its program.</summary>
public sealed record StreamScriptOptions
{
    /// <summary>How the job runs; times are the script's own. <value>Default: two partitions, so that rows do cross between tasks.</value></summary>
    public JobOptions Job { get; init; } = new() { Parallelism = 2 };

    /// <summary>Where the clock stands at first; batch k has this time plus k intervals. <value>Default 1 January 1970, so that batch times are multiples of the interval.</value></summary>
    /// <remarks>Files that the test writes have the system's time; a stream of files takes them in the next batch where that is later than the
    /// script's clock. From a start after today on they are too old, unless the test sets their time of modification.</remarks>
    public DateTimeOffset Start { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>
    /// How long, on the wall clock, a batch may take before the script gives up. A function that hangs fails the job, with its operator's name,
    /// when three quarters of it are over, unless <see cref="Job"/> has a time-out of its own. <value>Default 30 s.</value>
    /// </summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the program keeps checkpoints, in the script's memory, so that <see cref="StreamScript.RestartAsync"/> can go on from them:
    /// its rows and states must then be of types that can be written. <value>Default false.</value></summary>
    public bool IsDurable { get; init; }

    /// <summary>Sets up the host: configuration, logging. Clock and signals are the script's own. <value>Default null.</value></summary>
    public Action<MillraceHostOptions>? ConfigureHost { get; init; }
}
