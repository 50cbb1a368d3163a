using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Tests.Support;

/// <summary>Keeps what a host logs from warnings up.</summary>
internal sealed class LogLines : ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<string> _lines = [];
    private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyCollection<string> All => _lines;

    public Task<string> FirstAsync() => _first.Task;

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var line = formatter(state, exception);
        _lines.Enqueue(line);
        _first.TrySetResult(line);
    }

    public void Dispose()
    {
    }
}
