using Millrace.Data;

namespace Millrace.Operators.Stateless;

/// <summary>The rows of several streams as one. Batches are passed on as they come; between the streams there is no order.</summary>
public sealed class UnionOperator<T> : Operator, IInput<T>
{
    private readonly int _inputs;
    private Output<T> _output = null!;

    /// <param name="inputs">The number of input ports, at least 1: ports 0 to <paramref name="inputs"/> - 1.</param>
    public UnionOperator(int inputs)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        _inputs = inputs;
    }

    /// <inheritdoc/>
    public override IInput<TPort> Input<TPort>(int port) =>
        port > 0 && port < _inputs && this is IInput<TPort> input ? input : base.Input<TPort>(port);

    /// <inheritdoc/>
    public void OnBatch(Batch<T> batch) => _output.Send(batch);

    /// <inheritdoc/>
    protected override void OnOpen() => _output = Context.Output<T>();
}
