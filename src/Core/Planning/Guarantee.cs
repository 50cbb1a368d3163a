namespace Millrace.Planning;

/// <summary>What a job promises of a record's effect outside, whatever fails while its process lives. The weaker comes first.</summary>
public enum Guarantee
{
    /// <summary>No record is lost; after a failure some are written again.</summary>
    AtLeastOnce,

    /// <summary>Every record has its effect once.</summary>
    ExactlyOnce,
}
