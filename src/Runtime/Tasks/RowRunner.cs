using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tasks;

/// <summary>Works a batch off record by record, to find the one that fails: each runs alone, and what a failed run did is taken back.</summary>
/// <remarks>
/// A record has three tries. Then its operator's <see cref="ErrorPolicy"/> decides: the job fails and names the record's place, or the
/// record is left out and counted. Records before the failing one have gone through, those behind it go on.
/// </remarks>
internal sealed class RowRunner(TaskChain chain, Func<OperatorId, ErrorPolicy> policyOf, TaskActivity? activity = null)
{
    private const int Tries = 3;

    private readonly List<long> _marks = [];

    private long _skipped;

    /// <summary>Whether any record failed since the last call of <see cref="TakeSkipped"/>, also if it went through later.</summary>
    public bool SawFailure { get; private set; }

    /// <summary>Records left out since the last call.</summary>
    public long TakeSkipped()
    {
        var skipped = _skipped;
        (_skipped, SawFailure) = (0, false);
        return skipped;
    }

    /// <summary>Takes the batch over. <paramref name="placeOf"/> says where a row stands, for a person.</summary>
    public void Run(ChainInput input, Batch batch, Func<int, string> placeOf)
    {
        for (var row = 0; row < batch.Count; row++)
        {
            for (var attempt = 1; !TryRow(input, batch, row, out var cause); attempt++)
            {
                SawFailure = true;
                if (attempt < Tries)
                    continue;
                if (policyOf(cause.Operator) == ErrorPolicy.Skip)
                {
                    _skipped++;
                    break;
                }

                throw new JobFailedException($"{cause.Message} (three tries; {input.Describe(batch, row)}; {placeOf(row)})", cause);
            }
        }

        batch.Release();
    }

    private bool TryRow(ChainInput input, Batch batch, int row, out UserFunctionException cause)
    {
        cause = null!;
        activity?.Begin();
        chain.State.Mark(_marks);
        foreach (var end in chain.Ends)
            end.BeginRow();
        try
        {
            input.Deliver(input.RowOf(batch, row));
            foreach (var end in chain.Ends)
                end.CommitRow();
            chain.State.Release(_marks);
            return true;
        }
        catch (UserFunctionException failure)
        {
            cause = failure;
        }

        chain.DiscardOutputs();
        foreach (var end in chain.Ends)
            end.DropRow();
        chain.State.UndoTo(_marks);
        return false;
    }
}
