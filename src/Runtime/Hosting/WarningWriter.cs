using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Hosting;

/// <summary>A logger for programs that have none: writes each warning as one line. Errors reach the program as exceptions.</summary>
internal sealed class WarningWriter(TextWriter writer) : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        lock (_lock)
            writer.WriteLine(formatter(state, exception));
    }

    public void Dispose()
    {
    }
}
