using System.Globalization;

namespace Millrace.Bench.Macro.Engines;

/// <summary>A node of a cluster on loopback. All nodes share the journal of a run: a SQLite file in its directory, or PostgreSQL.</summary>
/// <param name="number">Which of the nodes, from 0.</param>
/// <param name="nodes">How many there are.</param>
/// <param name="seed">Where to join; empty for the one that begins.</param>
internal sealed class NodeHosting(int number, int nodes, string seed) : MillraceHosting
{
    /// <summary>Variable of the environment that holds the connection string of the journals' server; without it they are SQLite files.</summary>
    public const string PostgresVariable = "MILLRACE_BENCH_POSTGRES";

    private const string NamePrefix = EngineCatalog.InMemory + "-nodes-";

    /// <inheritdoc/>
    public override string Name => NameOf(nodes);

    /// <inheritdoc/>
    public override int Number => number;

    /// <summary>The checkpoint directory of the next run, the same on all nodes; whoever made it deletes it.</summary>
    public string? Directory { get; set; }

    /// <summary>The name of the engine of so many nodes.</summary>
    public static string NameOf(int nodes) => string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{nodes}");

    /// <summary>Whether an engine of this name has nodes; it runs the programs of the product embedded.</summary>
    public static bool IsNameOf(string engine) => engine.StartsWith(NamePrefix, StringComparison.Ordinal);

    /// <summary>How many nodes the engine of this name has.</summary>
    public static int NodesOf(string name) => int.Parse(name.AsSpan(NamePrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override Task<MillraceHost> StartAsync() => MillraceHost.StartAsync(options =>
    {
        options.StopsOnSignal = false;

        // The first run of all waits until every node has made its input; the processes have more to do than there are cores.
        options.WithHocon(string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            millrace.cluster { enabled = on, port = 0, seeds = "{{seed}}", nodes = {{nodes}}, placement-wait = 60 s, lease = 2 s }
            """));
        if (Environment.GetEnvironmentVariable(PostgresVariable) is { } connection)
            options.WithHocon($$"""millrace.journal { kind = postgresql, connection-string = "{{connection}}" }""");
    });

    /// <inheritdoc/>
    public override string? BeginRun() => Directory;

    /// <inheritdoc/>
    public override void EndRun()
    {
    }
}
