using Millrace.Client;
using Millrace.Data;

namespace Millrace.Runtime.Tasks;

/// <summary>The dead letters of one input of a chain, in the task's state: they go through epochs, images and restarts with it.</summary>
internal abstract class DeadLetterBox
{
    /// <summary>Whether rows have to be asked whether their key waits.</summary>
    public abstract bool HasParked { get; }

    /// <summary>Letters that came since the last call.</summary>
    public abstract long TakeAdded();

    /// <summary>A row failed for good.</summary>
    /// <param name="parks">Whether the rows of its key wait from now on.</param>
    /// <exception cref="JobEndingException">There are too many.</exception>
    public abstract void Add(Batch batch, int row, UserFunctionException cause, string place, bool parks);

    /// <summary>Lets a row wait if its key does; false when it may go on.</summary>
    public abstract bool TryPark(Batch batch, int row, string place);

    /// <summary>Lets the rows wait whose key does; gives the others, perhaps none, for the batch, which it takes over.</summary>
    public abstract Batch Park(Batch batch, string place);

    /// <summary>Takes out what an order asks for; gives those that are to run again, in their order.</summary>
    public abstract IReadOnlyList<(Batch Batch, string Place)> Take(LetterOrder order);

    /// <summary>The letters of epochs up to <paramref name="committed"/>.</summary>
    public abstract IEnumerable<DeadLetter> Read(long committed);
}
