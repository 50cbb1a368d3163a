using System.Globalization;
using Millrace.Time;

namespace Millrace.Testing;

/// <content>The steps of a script.</content>
public sealed partial class OperatorHarness
{
    private sealed record FeedStep<T>(int Port, T[] Rows) : HarnessStep
    {
        public override void Play(HarnessRun run) => run.Feed(Port, Rows);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"feed {Rows.Length} rows to port {Port}");
    }

    private sealed record WatermarkStep(Watermark At) : HarnessStep
    {
        public override void Play(HarnessRun run) => run.AdvanceWatermark(At);

        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"watermark {At.TimestampMs}");
    }

    private sealed record EndEpochStep : HarnessStep
    {
        public override bool EndsEpoch => true;

        public override void Play(HarnessRun run) => run.EndEpoch();

        public override string ToString() => "end epoch";
    }

    private sealed record ExpectStep<T>(int Port, T[] Rows, bool InOrder) : HarnessStep
    {
        public override void Play(HarnessRun run)
        {
            var found = run.Take<T>(Port);
            if (InOrder)
                RowComparison.InOrder(Rows, found);
            else
                RowComparison.AnyOrder(Rows, found);
        }

        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"expect {Rows.Length} rows from port {Port}{(InOrder ? "" : " in any order")}");
    }

    private sealed record ExpectThatStep<T>(string What, Func<IReadOnlyList<T>, bool> Holds) : HarnessStep
    {
        public override void Play(HarnessRun run)
        {
            var found = run.Take<T>(0);
            if (!Holds(found))
                throw new HarnessException($"{What} expected, {RowComparison.Show(found)} found");
        }

        public override string ToString() => $"expect {What}";
    }

    private sealed record ExpectNothingStep : HarnessStep
    {
        public override void Play(HarnessRun run) => run.ExpectNothing();

        public override string ToString() => "expect nothing";
    }
}
