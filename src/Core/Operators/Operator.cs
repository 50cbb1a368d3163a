using Millrace.Data;
using Millrace.Time;

namespace Millrace.Operators;

/// <summary>A transformation: takes batches on its input ports, keeps keyed state, gives batches to its outputs.</summary>
/// <remarks>
/// <para>Who calls it, on which thread: one task calls every method of one instance, one call at a time; the instance needs no locks
/// and must not start work elsewhere. A call should last milliseconds at most: while it lasts, no other batch, barrier or command of the
/// task moves, and a call that outlasts <c>millrace.task.timeout</c> fails the job.</para>
/// <para>Order: <see cref="Open"/> once; then for each epoch any number of batches, watermarks and one <see cref="OnEpoch"/>; <see cref="Close"/> at the end.</para>
/// <para>Replay: an epoch that did not commit runs again from the state of the last committed one. The tables of <see cref="IOperatorContext.State"/>
/// are rolled back by the runtime; fields are scratch, valid within one epoch, and must be reset in <see cref="OnRollBack"/>.
/// Output of an epoch that did not commit is taken back, so an operator needs no deduplication of its own.</para>
/// </remarks>
public abstract class Operator
{
    private IOperatorContext? _context;

    /// <summary>What the runtime provides. Valid from <see cref="OnOpen"/> on.</summary>
    protected IOperatorContext Context => _context ?? throw new InvalidOperationException("The operator is not open.");

    /// <summary>Called once by the runtime before the first batch.</summary>
    public void Open(IOperatorContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        OnOpen();
    }

    /// <summary>The input port <paramref name="port"/>, counted from 0; throws where there is none for rows of <typeparamref name="T"/>.</summary>
    /// <remarks>Also asked of an instance that is never opened: the planner checks the edges of a graph by it.</remarks>
    public virtual IInput<T> Input<T>(int port) =>
        port == 0 && this is IInput<T> input
            ? input
            : throw new GraphException($"Operator {GetType().Name} has no input port {port} for rows of {typeof(T).Name}.");

    /// <summary>No record with an earlier event time follows on any input that is not idle: fire what waited for it.</summary>
    /// <remarks>Called when the merged watermark moved, in its place among the batches; what is given out here goes before the watermark.</remarks>
    public virtual void OnWatermark(Watermark watermark)
    {
    }

    /// <summary>All input of the epoch has been seen: give out what belongs to it.</summary>
    public virtual void OnEpoch(EpochInfo epoch)
    {
    }

    /// <summary>The epochs in flight are taken back: reset every field that does not live in a state table.</summary>
    public virtual void OnRollBack()
    {
    }

    /// <summary>The task ends; nothing may be given out any more.</summary>
    public virtual void Close()
    {
    }

    /// <summary>Fetch tables and outputs here.</summary>
    protected virtual void OnOpen()
    {
    }
}
