using CsCheck;
using Millrace.Client;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Testing.Tests;

/// <summary>Every window form, join and state operator on random batches and partitions, while tasks fail and the program is started again, against a model of a line each.</summary>
/// <remarks>A failure prints CsCheck's seed; <c>CsCheck_Seed=…</c> runs it again.</remarks>
public sealed class FailureModelTests
{
    private const int Cases = 120;

    private static readonly Form[] Forms =
    [
        new("reduceByKey", (left, _, _) => Text(left.ReduceByKey(Add)), (left, _, at, _) => Sums(left[at])),
        new("groupByKey", (left, _, _) => left.GroupByKey().Map(pair => Show(pair.Key, pair.Value)), (left, _, at, _) => Groups(left[at])),
        new("countByValue", (left, _, _) => left.Map(pair => pair.Key).CountByValue().Map(pair => $"{pair.Key}={pair.Value}"), (left, _, at, _) => left[at].GroupBy(row => row.Key).Select(group => $"{group.Key}={group.Count()}")),
        new("window", (left, _, slides) => Text(left.Window(slides.Length, slides.Slide)), (left, _, at, slides) => slides.Of(left, at).Select(row => $"{row.Key}={row.Value}"), IsWindow: true),
        new("reduceByKeyAndWindow", (left, _, slides) => Text(left.ReduceByKeyAndWindow(Add, slides.Length, slides.Slide)), (left, _, at, slides) => Sums(slides.Of(left, at)), IsWindow: true),
        new("reduceByKeyAndWindow with inverse", (left, _, slides) => Text(left.ReduceByKeyAndWindow(Add, (sum, gone) => sum - gone, slides.Length, slides.Slide).Filter(pair => pair.Value != 0)), (left, _, at, slides) => Sums(slides.Of(left, at)), IsWindow: true),
        new("groupByKeyAndWindow", (left, _, slides) => left.GroupByKeyAndWindow(slides.Length, slides.Slide).Map(pair => Show(pair.Key, pair.Value)), (left, _, at, slides) => Groups(slides.Of(left, at)), IsWindow: true),
        new("countByWindow", (left, _, slides) => left.CountByWindow(slides.Length, slides.Slide).Map(count => $"{count}"), (left, _, at, slides) => slides.HadRows(left, at) ? [$"{slides.Of(left, at).Count()}"] : [], IsWindow: true),
        new("reduceByWindow", (left, _, slides) => left.Map(pair => pair.Value).ReduceByWindow(Add, slides.Length, slides.Slide).Map(sum => $"{sum}"), (left, _, at, slides) => slides.Of(left, at).Any() ? [$"{slides.Of(left, at).Sum(row => row.Value)}"] : [], IsWindow: true),
        new("countByValueAndWindow", (left, _, slides) => left.Map(pair => pair.Key).CountByValueAndWindow(slides.Length, slides.Slide).Map(pair => $"{pair.Key}={pair.Value}"), (left, _, at, slides) => slides.Of(left, at).GroupBy(row => row.Key).Select(group => $"{group.Key}={group.Count()}"), IsWindow: true),
        new("updateStateByKey", (left, _, _) => left.UpdateStateByKey<int, int, List<int>>((values, state) => InPlace(values, state)).Map(pair => Show(pair.Key, pair.State)), (left, _, at, _) => Groups(left.Take(at + 1).SelectMany(batch => batch))),
        new("mapWithState", (left, _, _) => left.MapWithState(StateSpec.Function<int, int, int, string>((key, value, state) =>
            {
                var sum = state.GetOption().GetOrElse(0) + value.GetOrElse(0);
                state.Update(sum);
                return $"{key}";
            })), (left, _, at, _) => left[at].Select(row => $"{row.Key}")),
        new("join", (left, right, _) => left.Join(right).Map(pair => $"{pair.Key}={pair.Value}"), (left, right, at, _) => from l in left[at] join r in right[at] on l.Key equals r.Key select $"{l.Key}={(l.Value, r.Value)}"),
        new("leftOuterJoin", (left, right, _) => left.LeftOuterJoin(right).Map(pair => $"{pair.Key}={pair.Value.Left}{pair.Value.Right}"), (left, right, at, _) => from l in left[at] join r in right[at] on l.Key equals r.Key into rs from r in rs.Select(r => $"Some({r.Value})").DefaultIfEmpty("None") select $"{l.Key}={l.Value}{r}"),
        new("fullOuterJoin", (left, right, _) => left.FullOuterJoin(right).Map(pair => $"{pair.Key}={pair.Value.Left}{pair.Value.Right}"), (left, right, at, _) => Outer(left[at], right[at])),
        new("coGroup", (left, right, _) => left.CoGroup(right).Map(pair => $"{Show(pair.Key, pair.Value.Left)}|{Show(pair.Key, pair.Value.Right)}"), (left, right, at, _) => left[at].Concat(right[at]).Select(row => row.Key).Distinct().Select(key => $"{Show(key, Of(left[at], key))}|{Show(key, Of(right[at], key))}")),
    ];

    private static readonly Gen<(int Key, int Value)[]> Batch = Gen.Select(Gen.Int[0, 4], Gen.Int[1, 99], (key, value) => (key, value)).Array[0, 8];

    private static readonly Gen<Case> AnyCase = Gen.Select(
        Gen.Int[0, Forms.Length - 1],
        Gen.Int[1, 4],
        Gen.Int[1, 3],
        Gen.Int[1, 3],
        Batch.Array[5],
        Batch.Array[5],
        Gen.Int[0, 9].Array[5],
        (form, length, slide, parallelism, left, right, faults) => new Case(Forms[form], new(length, slide), parallelism, left, right, faults));

    private sealed record Form(
        string Name,
        Func<DStream<(int Key, int Value)>, DStream<(int Key, int Value)>, Slides, DStream<string>> Build,
        Func<(int Key, int Value)[][], (int Key, int Value)[][], int, Slides, IEnumerable<string>> Expect,
        bool IsWindow = false);

    private sealed record Slides(int LengthBatches, int SlideBatches)
    {
        public TimeSpan Length => LengthBatches.Seconds();

        public TimeSpan Slide => SlideBatches.Seconds();

        /// <summary>Whether this window or one before it held a row.</summary>
        public bool HadRows((int Key, int Value)[][] batches, int at) =>
            Enumerable.Range(0, at + 1).Any(end => (end + 1) % SlideBatches == 0 && Of(batches, end).Any());

        public IEnumerable<(int Key, int Value)> Of((int Key, int Value)[][] batches, int at) => batches.Take(at + 1).Skip(at + 1 - LengthBatches).SelectMany(batch => batch);
    }

    private sealed record Case(Form Form, Slides Slides, int Parallelism, (int Key, int Value)[][] Left, (int Key, int Value)[][] Right, int[] Faults)
    {
        public override string ToString() =>
            $"{Form.Name}, {Slides}, parallelism {Parallelism}, faults {string.Join(' ', Faults)}, left {Show(Left)}, right {Show(Right)}";

        private static string Show((int Key, int Value)[][] batches) => string.Join(" | ", batches.Select(batch => string.Join(' ', batch)));
    }

    [Fact]
    public Task Whatever_fails_the_output_is_that_of_the_model() => AnyCase.SampleAsync(RunAsync, iter: Cases, threads: 1);

    [Fact]
    public async Task Every_form_is_right_with_failures_and_restarts_in_every_batch()
    {
        (int Key, int Value)[][] left = [[(1, 2), (2, 3), (1, 5)], [], [(3, 7), (1, 1)], [(2, 2)], [(1, 4), (4, 4)]];
        (int Key, int Value)[][] right = [[(1, 9)], [(2, 2)], [(3, 1), (3, 2)], [], [(4, 6), (5, 5)]];
        foreach (var form in Forms)
            await RunAsync(new(form, new(3, 2), 2, left, right, [8, 9, 7, 9, 8]));
    }

    private static async Task RunAsync(Case test)
    {
        await using var script = await StreamScript.StartAsync(1.Seconds(), new() { IsDurable = true, Job = new JobOptions { Parallelism = test.Parallelism } });
        var (left, right, output) = Build();
        var found = new List<string[]>();
        for (var batch = 0; batch < test.Left.Length; batch++)
        {
            left.Add(test.Left[batch]);
            right.Add(test.Right[batch]);
            // 0 to 4 nothing; then a task fails at a record, at the end of the batch, both, or the program is started again before it, too.
            var fault = test.Faults[batch];
            if (fault == 9 && batch > 0)
            {
                await script.RestartAsync();
                (left, right, output) = Build();
            }

            if (fault is 5 or 7 or 9 && test.Left[batch].Length > 0)
                script.FailNextRecord();
            if (fault is 6 or 7 or 8)
                script.FailNextBatchEnd();
            await script.RunBatchAsync();
            found.AddRange(output.Take().Select(rows => rows.Rows.ToArray()));
        }

        string[][] expected =
        [
            .. Enumerable.Range(0, test.Left.Length)
                .Where(at => !test.Form.IsWindow || (at + 1) % test.Slides.SlideBatches == 0)
                .Select(at => test.Form.Expect(test.Left, test.Right, at, test.Slides).Order(StringComparer.Ordinal).ToArray()),
        ];
        Assert.Equal(expected.Select(rows => string.Join(' ', rows)), found.Select(rows => string.Join(' ', rows.Order(StringComparer.Ordinal))));
        await script.EndAsync();

        (TestInput<(int Key, int Value)> Left, TestInput<(int Key, int Value)> Right, TestOutput<string> Output) Build()
        {
            var (ofLeft, ofRight) = (script.Input<(int Key, int Value)>("left"), script.Input<(int Key, int Value)>("right"));
            // Why beside it: a form that does not read the right input leaves it unread.
            script.Output(ofRight.Stream.Filter(_ => false), "unread");
            return (ofLeft, ofRight, script.Output(test.Form.Build(ofLeft.Stream, ofRight.Stream, test.Slides), "output"));
        }
    }

    private static int Add(int left, int right) => left + right;

    private static List<int> InPlace(IReadOnlyList<int> values, Data.Option<List<int>> state)
    {
        var all = state.GetOrElse([]);
        all.AddRange(values);
        return all;
    }

    private static DStream<string> Text(DStream<(int Key, int Value)> pairs) => pairs.Map(pair => $"{pair.Key}={pair.Value}");

    private static string Show(int key, IEnumerable<int> values) => $"{key}={string.Join(',', values.Order())}";

    private static IEnumerable<int> Of((int Key, int Value)[] rows, int key) => rows.Where(row => row.Key == key).Select(row => row.Value);

    private static IEnumerable<string> Sums(IEnumerable<(int Key, int Value)> rows) => rows.GroupBy(row => row.Key).Select(group => $"{group.Key}={group.Sum(row => row.Value)}");

    private static IEnumerable<string> Groups(IEnumerable<(int Key, int Value)> rows) => rows.GroupBy(row => row.Key).Select(group => Show(group.Key, group.Select(row => row.Value)));

    private static IEnumerable<string> Outer((int Key, int Value)[] left, (int Key, int Value)[] right) =>
        from key in left.Concat(right).Select(row => row.Key).Distinct()
        from l in Of(left, key).Select(value => $"Some({value})").DefaultIfEmpty("None")
        from r in Of(right, key).Select(value => $"Some({value})").DefaultIfEmpty("None")
        select $"{key}={l}{r}";
}
