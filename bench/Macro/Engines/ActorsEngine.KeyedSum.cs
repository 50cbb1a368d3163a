using System.Runtime.InteropServices;
using Akka.Actor;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class ActorsEngine
{
    // program: actors w5 tell
    private async Task<ulong> SumByTellAsync(Input<KeyValue> input)
    {
        var accounts = System.ActorOf(Props.Create(() => new Accounts()));
        var window = new Window(accounts);
        foreach (var (key, value) in input.Records())
        {
            accounts.Tell(new Deposit(key, value));
            if (!window.HasRoom()) await window.WaitAsync();
        }

        var results = await accounts.Ask<ulong>(Finish.Instance);
        System.Stop(accounts);
        return results;
    }

    private sealed record Deposit(long Key, long Value);

    private sealed class Accounts : ReceiveActor
    {
        private readonly Dictionary<long, long> _sums = [];

        public Accounts()
        {
            Receive<Deposit>(deposit => CollectionsMarshal.GetValueRefOrAddDefault(_sums, deposit.Key, out _) += deposit.Value);
            Receive<Mark>(mark => Sender.Tell(mark));
            Receive<Finish>(_ =>
            {
                var results = new ResultChecksum();
                results.AddTable(_sums);
                Sender.Tell(results.Value);
            });
        }
    }

    // end
}
