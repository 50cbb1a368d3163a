using CsCheck;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Testing.Tests.Models;

/// <summary>Runs a form on random batches and partitions, while tasks and functions fail and the program is started again, and compares it with its model.</summary>
/// <remarks>A failure prints CsCheck's seed; <c>CsCheck_Seed=…</c> and the form's name as a filter run it again.</remarks>
internal static class FailureModel
{
    private const int Batches = 6;
    private const int CasesOfForm = 4;

    private static readonly Gen<(int Key, int Value)[]> Rows = Gen.Frequency(
        (1, Gen.Const(Array.Empty<(int Key, int Value)>())),
        (4, Gen.Select(Gen.Int[0, 3], Gen.Int[-3, 6], (key, value) => (key, value)).Array[1, 6]));

    private static readonly Gen<Placing> Places = Gen.Select(Gen.Int[0, 2], Gen.Int[1, 3], (way, partitions) => new Placing(way == 0 ? null : partitions, way == 2));

    private static readonly Gen<(int Key, int State)[]?> Initial = Gen.Select(Gen.Bool, Gen.Select(Gen.Int[0, 4], Gen.Int[-3, 9]).Array[0, 4], (isGiven, states) =>
        isGiven ? states.DistinctBy(state => state.Item1).ToArray() : null);

    private static readonly Gen<Setting> Settings = Gen.Select(
        Gen.Int[1, 3],
        Gen.Select(Places, Places, Places),
        Gen.Select(Gen.Int[1, 4], Gen.Int[1, 3]),
        Gen.Select(Gen.Int[1, 2], Gen.Int[1, 3]),
        Initial,
        (parallelism, places, windows, times, initial) =>
            new Setting(parallelism, places.Item1, places.Item2, places.Item3, windows.Item1, windows.Item2, times.Item1, times.Item2, initial));

    private static readonly Faults[] Kinds =
    [
        Faults.None,
        Faults.None,
        Faults.Record,
        Faults.End,
        Faults.RecordOfForm,
        Faults.EndOfForm,
        Faults.FunctionBefore,
        Faults.FunctionBehind,
        Faults.FunctionInside,
        Faults.Record | Faults.EndOfForm,
        Faults.FunctionBefore | Faults.EndOfForm,
        Faults.FunctionInside | Faults.EndOfForm,
        Faults.RecordOfForm | Faults.FunctionBehind,
    ];

    private static readonly Gen<Faults> AnyFaults = Gen.Select(
        Gen.Frequency((3, Gen.Const(Faults.None)), (1, Gen.Const(Faults.Restart))),
        Gen.Int[0, Kinds.Length - 1],
        (restart, kind) => restart | Kinds[kind]);

    private static readonly Gen<Case> Cases = Gen.Select(
        Settings, Gen.Select(Rows, Rows).Array[Batches], AnyFaults.Array[Batches], (setting, batches, faults) => new Case(setting, batches, faults));

    private static readonly Case Everything = new(
        new(2, new(null, false), new(null, false), new(null, false), Window: 3, Slide: 2, Idle: 1, Checkpoint: 2, [(0, 7), (4, 1)]),
        [([(1, 2), (2, 3), (1, 5)], [(1, 4)]), ([], [(2, 2)]), ([(3, -2), (1, 1)], [(3, 1), (3, 2)]), ([(2, 2)], []), ([], []), ([(1, 4), (0, 4)], [(0, 6), (2, 5)])],
        [
            Faults.End | Faults.EndOfForm,
            Faults.Restart | Faults.EndOfForm,
            Faults.RecordOfForm | Faults.FunctionInside,
            Faults.Restart | Faults.FunctionBehind,
            Faults.Restart | Faults.End,
            Faults.Restart | Faults.FunctionBefore | Faults.EndOfForm,
        ]);

    /// <summary>One case with failures and restarts in every batch, and random ones.</summary>
    public static async Task CheckAsync(Form form)
    {
        await RunAsync(form, Everything);
        await Cases.SampleAsync(test => RunAsync(form, test), iter: CasesOfForm, threads: 1);
    }

    private static async Task RunAsync(Form form, Case test)
    {
        var (before, inside, behind, setting) = (new Fuse(), new Fuse(), new Fuse(), test.Setting);
        await using var script = await StreamScript.StartAsync(1.Seconds(), new() { IsDurable = true, Job = new JobOptions { Parallelism = setting.Parallelism } });
        var (left, right, output) = Build();
        var found = new List<string>();
        for (var batch = 0; batch < test.Batches.Length; batch++)
        {
            var faults = test.Faults[batch];
            left.Add(test.Batches[batch].Left);
            right.Add(test.Batches[batch].Right);
            if (faults.HasFlag(Faults.Restart) && batch > 0)
            {
                await script.RestartAsync();
                (left, right, output) = Build();
            }

            // One of the first calls, another from batch to batch.
            var call = 1 + (batch % 3);
            before.Set(faults.HasFlag(Faults.FunctionBefore) ? call : 0);
            inside.Set(faults.HasFlag(Faults.FunctionInside) ? call : 0);
            behind.Set(faults.HasFlag(Faults.FunctionBehind) ? call : 0);
            if (faults.HasFlag(Faults.Record) && test.Batches[batch].Left.Length > 0)
                script.FailNextRecord();
            if (faults.HasFlag(Faults.RecordOfForm) && test.Batches[batch].Left.Length > 0)
                script.FailNextRecord(form.Kinds[0]);
            if (faults.HasFlag(Faults.End))
                script.FailNextBatchEnd();
            if (faults.HasFlag(Faults.EndOfForm))
                script.FailNextBatchEnd(form.Kinds[^1]);
            await script.RunBatchAsync();
            found.AddRange(output.Take().Select(rows => Show(rows.Time.Milliseconds, rows.Rows)));
        }

        var pasts = Enumerable.Range(0, test.Batches.Length).Select(at => new Past(test.Batches, at, setting)).Where(past => !form.IsOnWindows || past.OnWindows().IsDue);
        Assert.Equal(pasts.Select(past => Show(past.Ms, form.Expect(past))), found);
        await script.EndAsync();

        (TestInput<(int Key, int Value)> Left, TestInput<(int Key, int Value)> Right, TestOutput<string> Output) Build()
        {
            var (ofLeft, ofRight) = (script.Input<(int Key, int Value)>("left"), script.Input<(int Key, int Value)>("right"));
            // Why beside it: a form that does not read the right input leaves it unread.
            script.Output(ofRight.Stream.Filter(_ => false), "unread");
            var streams = new Streams(
                Placed(ofLeft.Stream.Map(before.Pass).Checkpoint(setting.Checkpoint.Seconds()), setting.Left), Placed(ofRight.Stream, setting.Right), setting, inside);
            return (ofLeft, ofRight, script.Output(form.Build(streams).Map(behind.Pass), "output"));
        }
    }

    private static DStream<(int Key, int Value)> Placed(DStream<(int Key, int Value)> stream, Placing placing) =>
        placing.By is { } by ? stream.PartitionBy(by) : placing.Partitions is { } partitions ? stream.PartitionBy(partitions) : stream;

    private static string Show(long ms, IEnumerable<string> rows) => $"{ms}: {string.Join(' ', rows.Order(StringComparer.Ordinal))}";
}
