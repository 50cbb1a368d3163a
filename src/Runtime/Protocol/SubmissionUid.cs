namespace Millrace.Runtime.Protocol;

/// <summary>Identity of a submission: that of the request which asked for it, so that what is asked again is not done twice.</summary>
internal readonly record struct SubmissionUid(ulong Value)
{
    public override string ToString() => $"{Value:x16}";
}
