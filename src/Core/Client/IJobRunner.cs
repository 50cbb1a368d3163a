using Millrace.Graphs;

namespace Millrace.Client;

/// <summary>Starts jobs; what front ends know of the runtime.</summary>
public interface IJobRunner
{
    /// <summary>The clock that batch times are taken from.</summary>
    TimeProvider Clock { get; }

    /// <summary>Whether the tasks of a job are spread over several processes, each of which starts it.</summary>
    bool IsSpread { get; }

    /// <summary>How long one call of a user's function may last where a job's options say nothing.</summary>
    TimeSpan TaskTimeout { get; }

    /// <summary>Plans the graph as it would run, without starting it.</summary>
    Planning.JobGraph Plan(StreamGraph graph, JobOptions options);

    /// <summary>What the graph would take over from the savepoint that the options name, without starting it.</summary>
    /// <exception cref="Data.ConfigurationException">The savepoint can't be read.</exception>
    SavepointReport CompareWithSavepoint(StreamGraph graph, JobOptions options);

    /// <summary>Plans and starts the graph. Completes when the tasks are up; throws <see cref="Data.GraphException"/> when the graph can't run.</summary>
    Task<IJob> StartAsync(StreamGraph graph, JobOptions options, CancellationToken cancellationToken = default);
}
