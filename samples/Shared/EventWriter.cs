using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Millrace.Samples;

/// <summary>Writes what the runtime logs, warnings and what is worth knowing, a line each with the time of day.</summary>
internal sealed class EventWriter(TextWriter writer) : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lock)
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {formatter(state, exception)}"));
    }

    public void Dispose()
    {
    }
}
