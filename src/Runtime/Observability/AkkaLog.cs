using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Event;
using Microsoft.Extensions.Logging;
using MsLogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace Millrace.Runtime.Observability;

/// <summary>Hands what Akka.NET logs to the host's logger, in category <c>Millrace.Akka</c>: nothing of it goes to the standard output, which is the user's.</summary>
internal sealed partial class AkkaLog : UntypedActor
{
    private readonly ILogger? _logger;
    private readonly Func<Error, bool>? _takes;

    public AkkaLog()
    {
        var to = Context.System.Settings.Setup.Get<To>().GetOrElse(null!);
        (_logger, _takes) = (to?.Logger, to?.Takes);
    }

    /// <summary>Where it goes; part of the actor system's setup.</summary>
    /// <param name="logger">Takes lines.</param>
    /// <param name="takes">Asked first of every error: whether it says in its own way what has to be said.</param>
    internal sealed class To(ILogger logger, Func<Error, bool>? takes = null) : Setup
    {
        public ILogger Logger { get; } = logger;

        public Func<Error, bool>? Takes { get; } = takes;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                break;
            case Error error when _takes?.Invoke(error) == true:
                break;
            case Error error when _logger is not null:
                Write(_logger, MsLogLevel.Error, error.LogSource, error.Cause is null ? Text(error) : $"{Text(error)} ({Data.UserText.Of(error.Cause)})");
                break;
            case LogEvent written when _logger is not null:
                Write(_logger, written.LogLevel() == Akka.Event.LogLevel.WarningLevel ? MsLogLevel.Warning : MsLogLevel.Debug, written.LogSource, Text(written));
                break;
        }
    }

    private static string Text(LogEvent written) => written.Message?.ToString()?.ReplaceLineEndings(" ") ?? "";

    [LoggerMessage(EventId = 5001, Message = "{Source}: {Text}")]
    private static partial void Write(ILogger logger, MsLogLevel level, string source, string text);
}
