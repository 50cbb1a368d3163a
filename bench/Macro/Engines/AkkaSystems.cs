using Akka.Actor;
using Akka.Configuration;

namespace Millrace.Bench.Macro.Engines;

internal static class AkkaSystems
{
    // Why: the two limits say how much one turn of an actor may do; longer turns give the peers 5-8 % here.
    private const string Tuning = """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          actor.default-dispatcher.throughput = 1000
          stream.materializer.sync-processing-limit = 10000
        }
        """;

    /// <summary>An actor system tuned for throughput, quiet on the console.</summary>
    public static ActorSystem Start(string name) => ActorSystem.Create(name, ConfigurationFactory.ParseString(Tuning));
}
