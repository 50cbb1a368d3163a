using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Lets a test wait for what hosts log, by the numbers of events.</summary>
internal sealed class LogEvents : ILoggerFactory, ILogger
{
    private readonly ConcurrentDictionary<int, TaskCompletionSource<string>> _first = [];
    private readonly ConcurrentQueue<(int EventId, string Text)> _lines = [];

    /// <summary>The first line of an event, which may be there already.</summary>
    public Task<string> FirstAsync(int eventId) => Of(eventId).Task;

    /// <summary>The lines of an event so far.</summary>
    public IReadOnlyCollection<string> All(int eventId) => [.. _lines.Where(line => line.EventId == eventId).Select(line => line.Text)];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        _lines.Enqueue((eventId.Id, text));
        Of(eventId.Id).TrySetResult(text);
    }

    public void Dispose()
    {
    }

    private TaskCompletionSource<string> Of(int eventId) => _first.GetOrAdd(eventId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
