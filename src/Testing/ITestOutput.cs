using Millrace.DStreams;

namespace Millrace.Testing;

/// <summary>An output as the script sees it.</summary>
internal interface ITestOutput
{
    /// <summary>What it holds that nobody expected, for a person; or null.</summary>
    string? Untaken { get; }

    /// <summary>What messages call it.</summary>
    string Name { get; }

    /// <summary>The context whose stream it listens to.</summary>
    StreamingContext Context { get; }
}
