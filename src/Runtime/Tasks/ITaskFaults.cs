using Millrace.Data;

namespace Millrace.Runtime.Tasks;

/// <summary>Where a test makes tasks fail: what these calls throw counts as an error of the operator. Called on task threads.</summary>
internal interface ITaskFaults
{
    /// <summary>The operator has worked a batch off, and so has everything that it passed rows on to in its chain.</summary>
    void AfterBatch(OperatorId @operator);

    /// <summary>The operator has given out what belongs to an epoch.</summary>
    void AfterEpoch(OperatorId @operator);
}
