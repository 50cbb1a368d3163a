using Akka.Actor;
using Akka.Configuration;

namespace Millrace.Bench.Macro.Engines;

internal static class AkkaSystems
{
    /// <summary>An actor system with the library's defaults, quiet on the console.</summary>
    public static ActorSystem Start(string name) =>
        ActorSystem.Create(name, ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF }"));
}
