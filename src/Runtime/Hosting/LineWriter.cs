using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Millrace.Runtime.Hosting;

/// <summary>A logger for programs that have none. Writes each warning as one line, since errors reach the program as exceptions; or all that is worth knowing, with the time of day.</summary>
internal sealed class LineWriter(TextWriter writer, bool hasEvents = false) : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => hasEvents ? logLevel >= LogLevel.Information : logLevel == LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;
        var text = formatter(state, exception);
        var line = hasEvents ? string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {text}") : text;
        lock (_lock)
            writer.WriteLine(line);
    }

    public void Dispose()
    {
    }
}
