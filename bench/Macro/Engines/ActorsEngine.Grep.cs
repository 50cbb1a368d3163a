using Akka.Actor;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class ActorsEngine
{
    // program: actors w1 tell
    private async Task<ulong> CountMatchesAsync(Input<string> input)
    {
        var counter = System.ActorOf(Props.Create(() => new MatchCounter()));
        var window = new Window(counter);
        foreach (var line in input.Records())
        {
            counter.Tell(line);
            if (!window.HasRoom()) await window.WaitAsync();
        }

        var matches = await counter.Ask<ulong>(Finish.Instance);
        System.Stop(counter);
        return matches;
    }

    private sealed class MatchCounter : ReceiveActor
    {
        private ulong _matches;

        public MatchCounter()
        {
            Receive<string>(line =>
            {
                if (line.Contains("NEEDLE42", StringComparison.Ordinal)) _matches++;
            });
            Receive<Mark>(mark => Sender.Tell(mark));
            Receive<Finish>(_ => Sender.Tell(_matches));
        }
    }

    // end
}
