using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Millrace.Chaos.Victim;

/// <summary>Writes what the runtime logs, a line each: <c>log TIME_OF_DAY LEVEL: TEXT</c>.</summary>
internal sealed class LineLoggers(TextWriter output) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"log {TimeProvider.System.GetUtcNow():HH:mm:ss.fff} {logLevel}: {formatter(state, exception)}"));

    public void Dispose()
    {
    }
}
