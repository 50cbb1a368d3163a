namespace Millrace.Operators;

/// <summary>What happens to a record on which an operator failed three times.</summary>
public enum ErrorPolicy
{
    /// <summary>The job fails and names operator, record and cause.</summary>
    Fail,

    /// <summary>The record is left out and counted (<c>JobCounters.RecordsSkipped</c>); its effects are taken back.</summary>
    /// <remarks>For functions of a record. One that is called at the end of an epoch (a state update) has no record to leave out: it fails the job.</remarks>
    Skip,
}
