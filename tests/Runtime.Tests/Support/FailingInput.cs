using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Passes each row on and then throws, if it is told to at this try.</summary>
internal sealed class FailingInput<T>(Output<T> output, Func<T, int, bool> throwsAt) : IInput<T>
    where T : notnull
{
    private readonly Dictionary<T, int> _tries = [];

    public void OnBatch(Batch<T> batch)
    {
        foreach (var row in batch.Rows)
        {
            output.Add(row);
            _tries[row] = _tries.GetValueOrDefault(row) + 1;
            if (throwsAt(row, _tries[row]))
                throw new FormatException($"bad {row}");
        }

        batch.Release();
        output.Flush();
    }
}
