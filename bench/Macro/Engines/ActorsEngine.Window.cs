using Akka.Actor;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class ActorsEngine
{
    /// <summary>Sent through the pipeline after each <see cref="Window.Size"/> records; the last actor sends it back.</summary>
    private sealed record Mark
    {
        public static Mark Instance { get; } = new();
    }

    /// <summary>Asks for the result when all records are sent.</summary>
    private sealed record Finish
    {
        public static Finish Instance { get; } = new();
    }

    /// <summary>Keeps at most two windows of messages under way.</summary>
    private sealed class Window(IActorRef first)
    {
        private const int Size = 10_000;

        private Task _acknowledged = Task.CompletedTask;
        private int _sent;

        /// <summary>Call after each message; wait when false.</summary>
        public bool HasRoom() => ++_sent % Size != 0;

        public async Task WaitAsync()
        {
            await _acknowledged;
            _acknowledged = first.Ask<Mark>(Mark.Instance);
        }
    }
}
