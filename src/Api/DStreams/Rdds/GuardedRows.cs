using System.Collections;
using Millrace.Data;

namespace Millrace.DStreams.Rdds;

/// <summary>Rows that functions of the user produce, lazily: the functions run while the rows are enumerated, and what they throw is named.</summary>
internal sealed class GuardedRows<T>(string operation, int partition, Func<IEnumerable<T>> rows) : IEnumerable<T>
{
    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator()
    {
        try
        {
            return new Enumerator(operation, partition, (rows() ?? throw new InvalidOperationException("the function returned null, a sequence expected")).GetEnumerator());
        }
        catch (Exception cause) when (cause is not MillraceException)
        {
            throw UserCode.Failed(operation, partition, cause);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private sealed class Enumerator(string operation, int partition, IEnumerator<T> rows) : IEnumerator<T>
    {
        public T Current => rows.Current;

        object? IEnumerator.Current => rows.Current;

        public bool MoveNext()
        {
            try
            {
                return rows.MoveNext();
            }
            catch (Exception cause) when (cause is not MillraceException)
            {
                throw UserCode.Failed(operation, partition, cause);
            }
        }

        public void Reset() => rows.Reset();

        public void Dispose() => rows.Dispose();
    }
}
