using System.Globalization;
using System.Text.Json;
using Millrace.Bench.Macro.Processes;

namespace Millrace.Bench.Macro.Engines;

/// <summary>The product on several processes: this one is the first node and starts the others. Every node runs the program over an input of its own making, and reads its splits' share of it.</summary>
internal sealed class ClusterEngine : IEngine
{
    /// <summary>First argument of a further node; then its number, how many there are, and where to join. It obeys lines on stdin, each a <see cref="NodeRun"/>.</summary>
    public const string NodeFlag = "--node";

    private readonly int _nodes;
    private readonly NodeHosting _hosting;
    private readonly MillraceEngine _first;
    private readonly List<Child> _others = [];

    /// <param name="nodes">How many processes.</param>
    public ClusterEngine(int nodes)
    {
        _nodes = nodes;
        _hosting = new NodeHosting(number: 0, nodes, seed: "");
        _first = new MillraceEngine(_hosting);
        Programs = [.. _first.Programs.Where(program => program.Workload.IsForNodes).Select(program => program.Within(RunOnAllAsync))];
    }

    /// <inheritdoc/>
    public string Name => _hosting.Name;

    /// <inheritdoc/>
    public IReadOnlyList<EngineProgram> Programs { get; }

    /// <inheritdoc/>
    public ProcessUse UseElsewhere { get; private set; } = ProcessUse.None;

    /// <inheritdoc/>
    public long Crossed { get; private set; }

    /// <inheritdoc/>
    public async Task StartAsync()
    {
        await _first.StartAsync();
        for (var number = 1; number < _nodes; number++)
        {
            _others.Add(Child.Start(
                $"{Name}, node {number}",
                NodeFlag, number.ToString(CultureInfo.InvariantCulture), _nodes.ToString(CultureInfo.InvariantCulture), _first.NodeAddress!));
        }

        foreach (var node in _others) node.Read<NodeReady>();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var node in _others) node.Dispose();
        await _first.DisposeAsync();
    }

    // The results of a job come out on one node; on the others the checksum is 0.
    private async Task<ulong> RunOnAllAsync(EngineProgram program, long batchCount, Func<Task<ulong>> runHere)
    {
        var directory = _hosting.Directory = MillraceHosting.NewDirectory();
        var run = JsonSerializer.Serialize(new NodeRun(program.Workload.Name, program.Variant, batchCount, directory));
        foreach (var node in _others) node.Send(run);
        var checksum = await runHere();
        var answers = _others.ConvertAll(node => node.Read<NodeAnswer>());
        Directory.Delete(directory, recursive: true);
        UseElsewhere = answers.Aggregate(ProcessUse.None, (sum, answer) => sum + answer.Use);
        Crossed = _first.Crossed + answers.Sum(answer => answer.Crossed);
        return answers.Aggregate(checksum, (sum, answer) => unchecked(sum + answer.Checksum));
    }
}
