using System.Runtime.InteropServices;
using Akka.Actor;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class ActorsEngine
{
    // program: actors w2 split
    private async Task<ulong> CountWordsBySplitAsync(Input<string> input)
    {
        var counter = System.ActorOf(Props.Create(() => new WordCounter()));
        var splitter = System.ActorOf(Props.Create(() => new LineSplitter(counter)));
        var results = await SendLinesAsync(input, splitter);
        System.Stop(splitter);
        System.Stop(counter);
        return results;
    }

    private sealed class LineSplitter : ReceiveActor
    {
        private long _lines;

        public LineSplitter(IActorRef counter)
        {
            Receive<string>(line =>
            {
                foreach (var word in line.Split(' ')) counter.Tell(word);
                if (++_lines % Input<string>.BatchSize == 0) counter.Tell(EndOfBatch.Instance);
            });
            ReceiveAny(counter.Forward);
        }
    }

    private sealed class WordCounter : ReceiveActor
    {
        private readonly Dictionary<string, long> _counts = [];
        private readonly ResultChecksum _results = new();

        public WordCounter()
        {
            Receive<string>(word => CollectionsMarshal.GetValueRefOrAddDefault(_counts, word, out _)++);
            Receive<EndOfBatch>(_ => _results.AddTable(_counts));
            Receive<Mark>(mark => Sender.Tell(mark));
            Receive<Finish>(_ => Sender.Tell(_results.Value));
        }
    }

    private sealed record EndOfBatch
    {
        public static EndOfBatch Instance { get; } = new();
    }

    // end

    // program: actors w2 span
    private async Task<ulong> CountWordsBySpanAsync(Input<string> input)
    {
        var counter = System.ActorOf(Props.Create(() => new LineCounter()));
        var results = await SendLinesAsync(input, counter);
        System.Stop(counter);
        return results;
    }

    private sealed class LineCounter : ReceiveActor
    {
        private readonly Dictionary<string, long> _counts = [];
        private readonly ResultChecksum _results = new();
        private long _lines;

        public LineCounter()
        {
            Receive<string>(line =>
            {
                SpanSplitter.CountWords(line, _counts.GetAlternateLookup<ReadOnlySpan<char>>());
                if (++_lines % Input<string>.BatchSize == 0) _results.AddTable(_counts);
            });
            Receive<Mark>(mark => Sender.Tell(mark));
            Receive<Finish>(_ => Sender.Tell(_results.Value));
        }
    }

    // end

    private static async Task<ulong> SendLinesAsync(Input<string> input, IActorRef first)
    {
        var window = new Window(first);
        foreach (var line in input.Records())
        {
            first.Tell(line);
            if (!window.HasRoom()) await window.WaitAsync();
        }

        return await first.Ask<ulong>(Finish.Instance);
    }
}
