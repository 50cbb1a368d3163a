using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>Keeps what is logged, as "Level: text".</summary>
internal sealed class RecordingLogger : ILogger
{
    private readonly Lock _lock = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly List<(string Text, TaskCompletionSource Found)> _waiting = [];

    public string[] Lines => [.. _lines];

    /// <summary>Completes when a line contains the text.</summary>
    public Task Contains(string text)
    {
        var found = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((text, found));
            Look();
        }

        return found.Task;
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Add($"{logLevel}: {formatter(state, exception)}");

    private void Add(string line)
    {
        lock (_lock)
        {
            _lines.Enqueue(line);
            Look();
        }
    }

    private void Look()
    {
        foreach (var (text, found) in _waiting)
        {
            if (_lines.Any(line => line.Contains(text, StringComparison.Ordinal)))
                found.TrySetResult();
        }
    }
}
