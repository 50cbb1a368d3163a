using Akka.Actor;
using Akka.Configuration;
using Akka.Streams;

namespace Millrace.Connectors.Streams;

/// <summary>A share in the actor system that carries the sockets and streams of this process.</summary>
/// <remarks>
/// The first share starts the system, which takes some 100 ms, and the end of the last one ends it, without waiting. It is apart from the
/// system that runs jobs: sources know nothing of the runtime. Thread-safe.
/// </remarks>
internal sealed class SharedStreams : IDisposable
{
    private const string SystemName = "millrace-connectors";

    private static readonly Lock Gate = new();
    private static readonly Akka.Configuration.Config Settings = ConfigurationFactory.ParseString(
        """
        akka {
          # Errors of streams are told by whoever runs them, in one line.
          loglevel = OFF
          stdout-loglevel = OFF
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          coordinated-shutdown.exit-clr = off
          # What one read of a socket brings at most.
          io.tcp.maximum-frame-size = 64k
          io.tcp.receive-buffer-size = 128k
          io.tcp.send-buffer-size = 128k
        }
        """);

    private static ActorSystem? _system;
    private static ActorMaterializer? _materializer;
    private static int _shares;

    private int _ended;

    private SharedStreams(ActorSystem system, IMaterializer materializer) => (System, Materializer) = (system, materializer);

    public ActorSystem System { get; }

    public IMaterializer Materializer { get; }

    /// <summary>Takes a share. May block while the system starts: not for a task's thread.</summary>
    public static SharedStreams Acquire()
    {
        lock (Gate)
        {
            _system ??= ActorSystem.Create(SystemName, Settings);
            _materializer ??= _system.Materializer();
            _shares++;
            return new SharedStreams(_system, _materializer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        lock (Gate)
        {
            if (--_shares > 0)
                return;
            _ = _system?.Terminate();
            (_system, _materializer) = (null, null);
        }
    }
}
