using Millrace.Chaos.Processes;

namespace Millrace.Chaos.Cluster;

/// <summary>The nodes of a run, and what they say. Waits end with a <see cref="ChaosException"/> when one ends by itself or nothing happens for too long.</summary>
/// <param name="options">How many, of which program.</param>
/// <param name="files">Each node's lines go to a file there.</param>
/// <param name="arguments">Of the victim's program, behind the configuration.</param>
internal sealed class NodeSet(ClusterOptions options, ChaosFiles files, IReadOnlyList<string> arguments) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Lock _lock = new();
    private readonly ClusterTracker _tracker = new();
    private readonly int[] _ports = FreePorts.Take(options.Nodes);
    private readonly ChildProcess?[] _nodes = new ChildProcess?[options.Nodes];
    private readonly Network? _network = options.Faults.ContainsKey(FaultKind.Partition) ? new(options.Nodes) : null;
    private readonly bool[] _hasEnded = new bool[options.Nodes];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Where the lines of a node are.</summary>
    public string LogOf(int node) => Path.Combine(files.Root, $"node-{node}.log");

    public void Start(int node)
    {
        var seeds = string.Join(',', Enumerable.Range(0, options.Nodes).Select(other => $"127.0.0.1:{_network?.PortsOf(other).PublicControl ?? _ports[other]}"));
        var ports = _network?.PortsOf(node) is { } mapped
            ? $"port = {mapped.Control}, data-port = {mapped.Data}, public-port = {mapped.PublicControl}, public-data-port = {mapped.PublicData}"
            : $"port = {_ports[node]}";
        var process = ChildProcess.Start(options.Victim, line => OnLine(node, line), ["node", $"enabled = on, {ports}, nodes = {options.Nodes}, seeds = \"{seeds}\"", .. arguments]);
        _nodes[node] = process;
        _network?.Open(node, process.Id);
    }

    /// <summary>SIGKILL; returns when all that it had said is read.</summary>
    public async Task KillAsync(int node)
    {
        var process = _nodes[node]!;
        _nodes[node] = null;
        await process.KillAsync().ConfigureAwait(false);
        _network?.Close(node);
        process.Dispose();
        lock (_lock)
            _tracker.End(node);
    }

    /// <summary>SIGSTOP.</summary>
    public void Freeze(int node) => _nodes[node]!.Signal(ChildProcess.SigStop);

    /// <summary>SIGCONT.</summary>
    public void Thaw(int node) => _nodes[node]!.Signal(ChildProcess.SigCont);

    /// <summary>Cuts ways between nodes.</summary>
    public void Cut(int node, PartitionShape shape)
    {
        var others = shape is PartitionShape.Pair or PartitionShape.OneWay ? [(node + 1) % options.Nodes] : Enumerable.Range(0, options.Nodes);
        foreach (var other in others)
        {
            if (shape != PartitionShape.Deaf)
                _network!.Cut(node, other);
            if (shape is not (PartitionShape.Mute or PartitionShape.OneWay))
                _network!.Cut(other, node);
        }
    }

    /// <summary>Opens them again.</summary>
    public void Heal() => _network!.Heal();

    /// <summary>What is known now.</summary>
    public T Look<T>(Func<ClusterTracker, T> look)
    {
        lock (_lock)
            return look(_tracker);
    }

    /// <summary>Waits until the lines so far say so.</summary>
    public async Task UntilAsync(Func<ClusterTracker, bool> condition, string expected)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (condition(_tracker))
                    return;
                changed = _changed.Task;
            }

            for (var node = 0; node < _nodes.Length; node++)
            {
                if (_nodes[node] is { Ended.IsCompleted: true } ended && !_hasEnded[node])
                    throw new ChaosException($"Node {node} ended by itself, {expected} expected: {ended.Errors} Its lines are in {LogOf(node)}.");
            }

            try
            {
                await Task.WhenAny([changed, .. _nodes.Where(node => node is { Ended.IsCompleted: false }).Select(node => node!.Ended)]).WaitAsync(Patience).ConfigureAwait(false);
            }
            catch (TimeoutException silence)
            {
                throw new ChaosException($"No node said anything for {Patience.TotalSeconds} s, {expected} expected; their lines are in {files.Root}.", silence);
            }
        }
    }

    /// <summary>Waits until all nodes have come to the end of the input and have ended.</summary>
    public async Task EndAsync()
    {
        await UntilAsync(_ => _hasEnded.All(ended => ended), "the end of the input").ConfigureAwait(false);
        foreach (var node in _nodes)
            await node!.WaitAsync().ConfigureAwait(false);
    }

    public void Dispose()
    {
        foreach (var node in _nodes)
            node?.Dispose();
        _network?.Dispose();
    }

    private void OnLine(int node, string line)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            File.AppendAllText(LogOf(node), line + "\n");
            _tracker.Take(node, line);
            _hasEnded[node] |= line == "ended";
            changed = _changed;
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.SetResult();
    }
}
