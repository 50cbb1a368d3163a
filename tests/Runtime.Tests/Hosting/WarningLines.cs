using System.Collections.Concurrent;
using System.Text;

namespace Millrace.Runtime.Tests.Hosting;

/// <summary>Keeps the warnings of a host, which come from many threads.</summary>
internal sealed class WarningLines : TextWriter
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Encoding Encoding => Encoding.UTF8;

    public string[] Lines => [.. _lines];

    /// <summary>Completes with the first one.</summary>
    public Task Came => _came.Task;

    public override void WriteLine(string? value)
    {
        _lines.Enqueue(value ?? "");
        _came.TrySetResult();
    }
}
