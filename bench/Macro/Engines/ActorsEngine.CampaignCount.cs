using Akka.Actor;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class ActorsEngine
{
    // program: actors w4 tell
    private async Task<ulong> CountViewsByTellAsync(Input<AdEvent> input)
    {
        var counter = System.ActorOf(Props.Create(() => new ViewCounter()));
        var window = new Window(counter);
        var events = 0L;
        foreach (var happened in input.Records())
        {
            if (happened.Type == AdEventType.View)
            {
                counter.Tell(new Viewed(happened.Campaign));
                if (!window.HasRoom()) await window.WaitAsync();
            }

            if (++events % CampaignCount.EventsPerWindow == 0) counter.Tell(WindowEnd.Instance);
        }

        var results = await counter.Ask<ulong>(Finish.Instance);
        System.Stop(counter);
        return results;
    }

    private sealed record Viewed(int Campaign);

    private sealed record WindowEnd
    {
        public static WindowEnd Instance { get; } = new();
    }

    private sealed class ViewCounter : ReceiveActor
    {
        private readonly long[] _counts = new long[CampaignCount.Campaigns];
        private readonly ResultChecksum _results = new();

        public ViewCounter()
        {
            Receive<Viewed>(view => _counts[view.Campaign]++);
            Receive<WindowEnd>(_ =>
            {
                _results.AddTable(_counts);
                Array.Clear(_counts);
            });
            Receive<Mark>(mark => Sender.Tell(mark));
            Receive<Finish>(_ => Sender.Tell(_results.Value));
        }
    }

    // end
}
