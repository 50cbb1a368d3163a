using Microsoft.Extensions.Logging;

namespace Millrace.Connectors.Sockets;

/// <summary>Passes warnings on to whoever runs the split, where the source was given no logger of its own.</summary>
internal sealed class WarningLogger(Action<string> warn) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            warn(formatter(state, exception));
    }
}
