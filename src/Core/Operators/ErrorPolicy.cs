namespace Millrace.Operators;

/// <summary>What happens to a record on which an operator failed three times.</summary>
public enum ErrorPolicy
{
    /// <summary>The job fails and names operator, record and cause.</summary>
    Fail,

    /// <summary>The record is left out and counted (<c>millrace.records.skipped</c>); its effects are taken back.</summary>
    Skip,
}
