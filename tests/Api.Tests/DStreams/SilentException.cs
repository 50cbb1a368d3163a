namespace Millrace.Api.Tests.DStreams;

/// <summary>One that has no message, not even when it is asked.</summary>
internal sealed class SilentException : Exception
{
    public override string Message => throw new InvalidOperationException("no message");
}
