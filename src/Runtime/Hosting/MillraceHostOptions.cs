using Akka.Configuration;
using Microsoft.Extensions.Logging;
using Millrace.Client;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;
using Millrace.Runtime.Tasks;

namespace Millrace.Runtime.Hosting;

/// <summary>How a host starts.</summary>
public sealed class MillraceHostOptions
{
    /// <summary>HOCON over the reference configuration. <value>Default empty.</value></summary>
    public Config Configuration { get; private set; } = Config.Empty;

    /// <summary>Where log lines go. <value>Default: warnings, a line each, on the standard error; with <c>AddMillrace</c> the service's own factory.</value></summary>
    public ILoggerFactory LoggerFactory { get; set; } = new LineWriter(Console.Error);

    /// <summary>The clock of batch times. <value>Default the system's.</value></summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    /// <summary>
    /// Whether Ctrl-C and SIGTERM stop the jobs: the first lets the epochs in flight commit for at most
    /// <c>millrace.stop.drain-timeout</c>, a second one ends the process at once. <value>Default true.</value>
    /// </summary>
    public bool StopsOnSignal { get; set; } = true;

    /// <summary>
    /// Types that state and records may hold where their declared type does not say what it is: an interface, a base class, <c>object</c>, a class
    /// that holds itself. They are written by Hyperion, which writes and reads no other type. <value>Default none.</value>
    /// </summary>
    public ICollection<Type> SerializableTypes { get; } = [];

    /// <summary>The catalog.</summary>
    internal Dictionary<string, JobProgram> Programs { get; } = new(StringComparer.Ordinal);

    /// <summary>The journal of a job that keeps checkpoints, in tests. <value>Default null: by the configuration.</value></summary>
    internal Func<string, IJournal>? Journals { get; set; }

    /// <summary>Makes tasks fail, in tests. <value>Default null.</value></summary>
    internal ITaskFaults? Faults { get; set; }

    /// <summary>Whether a second signal ends the process at once although the first is somebody else's business.</summary>
    internal bool EndsOnSecondSignal { get; init; }

    /// <summary>Writes warnings (a source without a connection, a recovery) as lines elsewhere than on the standard error, for a program that has no logging.</summary>
    public MillraceHostOptions WithWarningsOn(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        LoggerFactory = new LineWriter(writer);
        return this;
    }

    /// <summary>Writes all that is worth knowing (starts, who coordinates, recoveries, warnings, errors) as lines with the time of day in UTC, for a program that has no logging.</summary>
    public MillraceHostOptions WithEventsOn(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        LoggerFactory = new LineWriter(writer, hasEvents: true);
        return this;
    }

    /// <summary>Adds HOCON text; later text wins.</summary>
    public MillraceHostOptions WithHocon(string hocon) => With(ConfigurationLoader.Parse(hocon, "HOCON text"));

    /// <summary>Adds a HOCON file; later ones win.</summary>
    public MillraceHostOptions WithHoconFile(string path) => With(ConfigurationLoader.ParseFile(path));

    /// <summary>Puts a program into the catalog of this node: jobs that are submitted to the cluster under its name are started by it (<c>ClusterClient.SubmitAsync</c>).</summary>
    /// <param name="name">The same on all nodes, 1 to 200 characters.</param>
    /// <param name="program">Builds and starts such a job.</param>
    /// <exception cref="ArgumentException">The catalog has one of that name.</exception>
    /// <remarks>All nodes must have the same catalog. An embedded runtime takes no notice of it.</remarks>
    public MillraceHostOptions WithProgram(string name, JobProgram program)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, JobBook.NameLengthMax, nameof(name));
        ArgumentNullException.ThrowIfNull(program);
        Programs.Add(name, program);
        return this;
    }

    // Why: an empty configuration can't fall back on an empty one.
    private MillraceHostOptions With(Config later)
    {
        if (!later.IsEmpty)
            Configuration = Configuration.IsEmpty ? later : later.WithFallback(Configuration);
        return this;
    }
}
