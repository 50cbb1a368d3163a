using Akka.Actor;
using Millrace.Bench.Macro.Workloads;

namespace Millrace.Bench.Macro.Engines;

internal sealed partial class ActorsEngine
{
    // program: actors w2s split
    private Task<ulong> CountWindowBySplitAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySplit(line), static window => window.Table());

    // end

    // program: actors w2s span
    private Task<ulong> CountWindowBySpanAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySpan(line), static window => window.Table());

    // end

    // program: actors w3 split
    private Task<ulong> FindTopBySplitAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySplit(line), static window => window.Top());

    // end

    // program: actors w3 span
    private Task<ulong> FindTopBySpanAsync(Input<string> input) =>
        RunWindowAsync(input, static (window, line) => window.CountBySpan(line), static window => window.Top());

    // end

    // program: actors w2s split
    // program: actors w2s span
    // program: actors w3 split
    // program: actors w3 span
    private async Task<ulong> RunWindowAsync(
        Input<string> input, Action<SlidingCounts, string> count, Func<SlidingCounts, IEnumerable<KeyValuePair<string, long>>> result)
    {
        var counter = System.ActorOf(Props.Create(() => new WindowCounter(count, result)));
        var results = await SendLinesAsync(input, counter);
        System.Stop(counter);
        return results;
    }

    private sealed class WindowCounter : ReceiveActor
    {
        private readonly SlidingCounts _window = new();
        private readonly ResultChecksum _results = new();
        private long _lines;

        public WindowCounter(Action<SlidingCounts, string> count, Func<SlidingCounts, IEnumerable<KeyValuePair<string, long>>> result)
        {
            Receive<string>(line =>
            {
                count(_window, line);
                if (++_lines % SlidingWordCount.LinesPerSlide == 0) _results.AddTable(result(_window.EndSlide()));
            });
            Receive<Mark>(mark => Sender.Tell(mark));
            Receive<Finish>(_ => Sender.Tell(_results.Value));
        }
    }

    // end
}
