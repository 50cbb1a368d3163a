using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;
using Millrace.Runtime.Tasks;

namespace Millrace.Testing;

/// <summary>The failures that a script has asked for and that have not happened yet. Thread-safe.</summary>
internal sealed class ScriptFaults : ITaskFaults
{
    private readonly Lock _lock = new();
    private readonly List<Fault> _armed = [];
    private Dictionary<OperatorId, string> _kinds = [];
    private volatile bool _isArmed;

    private sealed record Fault(string? Operator, bool IsAtEnd)
    {
        public override string ToString() =>
            $"{(IsAtEnd ? nameof(StreamScript.FailNextBatchEnd) : nameof(StreamScript.FailNextRecord))}({(Operator is null ? "" : $"\"{Operator}\"")})";
    }

    public void Arm(string? @operator, bool isAtEnd)
    {
        lock (_lock)
            _armed.Add(new(@operator, isAtEnd));
        _isArmed = true;
    }

    /// <summary>Says which operators there are; throws where a failure was asked for in another.</summary>
    public void Check(JobGraph plan)
    {
        var nodes = plan.Stages.SelectMany(stage => stage.Nodes).Where(node => node.Inputs.Count > 0).ToArray();
        lock (_lock)
        {
            _kinds = nodes.ToDictionary(plan.IdOf, node => node.Kind);
            foreach (var fault in _armed)
            {
                var candidates = nodes.Where(node => node is OperatorNode || !fault.IsAtEnd).ToArray();
                if (!Array.Exists(candidates, node => Means(fault, plan.IdOf(node))))
                    throw new ScriptException($"{fault}: no such operator found, one of {string.Join(", ", candidates.Select(plan.IdOf))} expected, or a kind of them.");
            }
        }
    }

    /// <summary>What was asked for and did not happen.</summary>
    public IReadOnlyList<string> Left()
    {
        lock (_lock)
            return [.. _armed.Select(fault => fault.ToString())];
    }

    /// <inheritdoc/>
    public void AfterBatch(OperatorId @operator) => Fail(@operator, isAtEnd: false);

    /// <inheritdoc/>
    public void AfterEpoch(OperatorId @operator) => Fail(@operator, isAtEnd: true);

    private void Fail(OperatorId @operator, bool isAtEnd)
    {
        if (!_isArmed)
            return;
        lock (_lock)
        {
            if (_armed.Find(armed => armed.IsAtEnd == isAtEnd && Means(armed, @operator)) is not { } fault)
                return;
            _armed.Remove(fault);
            _isArmed = _armed.Count > 0;
            throw new TransientFaultException($"a fault of the script, {fault}");
        }
    }

    private bool Means(Fault fault, OperatorId @operator) =>
        fault.Operator is null || fault.Operator == @operator.Name || _kinds.GetValueOrDefault(@operator) == fault.Operator;
}
