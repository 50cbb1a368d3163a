namespace Millrace.Runtime.Tasks;

/// <summary>Identity of what a user asks of a job: random and never reused, so that what is asked again is known to be the same.</summary>
internal readonly record struct RequestUid(ulong Value)
{
    public static RequestUid New() => new(unchecked((ulong)Random.Shared.NextInt64(1, long.MaxValue)));

    public override string ToString() => $"{Value:x16}";
}
