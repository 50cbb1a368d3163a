using Millrace.Data;
using Millrace.Graphs;
using Millrace.Planning;

namespace Millrace.Core.Tests.Planning;

public sealed class GraphPlannerTests
{
    private readonly StreamGraph _graph = new();

    [Fact]
    public void Forward_neighbours_of_one_parallelism_are_one_stage()
    {
        _graph.Source().Then(_graph, "map").Then(_graph, "filter").Sink(_graph);

        Assert.Equal("queue map(queue) filter(queue) print(queue)", _graph.Plan().Shape());
    }

    [Fact]
    public void Branches_of_a_forward_port_are_one_stage()
    {
        var source = _graph.Source();
        source.Then(_graph, "map");
        source.Then(_graph, "filter");

        Assert.Equal("queue map(queue) filter(queue)", _graph.Plan().Shape());
    }

    [Theory]
    [InlineData(ExchangeKind.Hash)]
    [InlineData(ExchangeKind.Broadcast)]
    [InlineData(ExchangeKind.Rebalance)]
    [InlineData(ExchangeKind.Rescale)]
    [InlineData(ExchangeKind.Global)]
    [InlineData(ExchangeKind.Direct)]
    [InlineData(ExchangeKind.TwoChoice)]
    [InlineData(ExchangeKind.LocalOrShuffle)]
    [InlineData(ExchangeKind.Custom)]
    public void Every_other_exchange_begins_a_stage(ExchangeKind kind)
    {
        _graph.Source().Then(_graph, "reduce", exchange: PlanFixture.ExchangeBy(kind)).Then(_graph, "map");

        var plan = _graph.Plan();

        Assert.Equal("queue | reduce(queue) map(queue)", plan.Shape());
        Assert.Equal(kind, plan.ExchangeOf(plan.Stages[1].Inputs.Single()));
        Assert.Equal(plan.Stages[0].Outputs.Single(), plan.Stages[1].Inputs.Single());
        Assert.Equal(kind == ExchangeKind.Global ? 1 : 2, plan.Stages[1].Parallelism);
    }

    [Fact]
    public void A_node_with_two_inputs_begins_a_stage_behind_both()
    {
        var left = _graph.Source("left");
        var right = _graph.Source("right");
        var union = _graph.AddOperator("union", PlanFixture.NoOperator);
        _graph.Connect(left, union);
        _graph.Connect(right, union);

        var plan = _graph.Plan();

        Assert.Equal("left | right | union(left+right)", plan.Shape());
        Assert.Equal([0, 1], plan.Stages[2].Inputs.Select(edge => edge.FromStage));
        Assert.All(plan.Stages[2].Inputs, edge => Assert.Equal(ExchangeKind.Forward, plan.ExchangeOf(edge)));
    }

    [Fact]
    public void A_stage_has_one_sink()
    {
        var mapped = _graph.Source().Then(_graph, "map");
        mapped.Sink(_graph);
        mapped.Sink(_graph, "foreachRdd");
        mapped.Sink(_graph);

        var plan = _graph.Plan();

        Assert.Equal("queue map(queue) print(queue) | foreachRdd(queue) | print(queue).2", plan.Shape());
        Assert.Equal(ExchangeKind.Forward, plan.ExchangeOf(plan.Stages[1].Inputs.Single()));
    }

    [Fact]
    public void Forward_between_different_parallelisms_is_a_rebalance()
    {
        _graph.Source().Then(_graph, "map", new NodeOptions { Parallelism = 3 }).Then(_graph, "filter");

        var plan = _graph.Plan();

        Assert.Equal("queue | map(queue) filter(queue)", plan.Shape());
        Assert.Equal([2, 3], plan.Stages.Select(stage => stage.Parallelism));
        Assert.Equal(ExchangeKind.Rebalance, plan.ExchangeOf(plan.Stages[1].Inputs.Single()));
    }

    [Fact]
    public void A_source_with_fixed_splits_has_as_many_partitions()
    {
        _graph.Source(splits: 1).Then(_graph, "map").ByKey(_graph, "reduceByKey");

        Assert.Equal([1, 4], _graph.Plan(parallelism: 4).Stages.Select(stage => stage.Parallelism));
    }

    [Fact]
    public void Every_stage_stands_behind_those_that_feed_it()
    {
        var source = _graph.Source();
        var reduced = source.ByKey(_graph, "reduceByKey");
        reduced.Then(_graph, "count", exchange: Exchange<(string, int)>.Global).Sink(_graph);
        source.Then(_graph, "map").Sink(_graph);
        reduced.Sink(_graph);

        var plan = _graph.Plan();

        Assert.All(plan.Stages.SelectMany(stage => stage.Inputs), edge => Assert.True(edge.FromStage < edge.ToStage));
        Assert.All(plan.Stages, stage => Assert.Equal(stage, plan.Stages[stage.Index]));
    }

    [Fact]
    public void An_empty_graph_is_refused() =>
        Assert.Equal("The graph is empty: add a source and an output.", Assert.Throws<GraphException>(() => _graph.Plan()).Message);

    [Fact]
    public void An_operator_without_input_is_refused()
    {
        _graph.AddOperator("union", PlanFixture.NoOperator);

        Assert.Equal("Operator union has no input.", Assert.Throws<GraphException>(() => _graph.Plan()).Message);
    }

    [Fact]
    public void A_rescaled_job_has_other_numbers_behind_its_exchanges_and_the_splits_of_its_sources()
    {
        _graph.Source().Then(_graph, "map").ByKey(_graph, "sum").Then(_graph, "filter").ByKey(_graph, "count", new NodeOptions { Name = "count", Parallelism = 3 }).Sink(_graph);

        Assert.Equal([2, 2, 3], Tasks(JobScale.None));
        Assert.Equal([2, 5, 3], Tasks(JobScale.None.With(null, 5)));
        Assert.Equal([2, 2, 6], Tasks(JobScale.None.With("count", 6)));
        Assert.Equal([2, 5, 6], Tasks(JobScale.None.With("count", 4).With(null, 5).With("count", 6)));

        int[] Tasks(JobScale scale) => [.. Planned(scale).Stages.Select(stage => stage.Parallelism)];
    }

    [Fact]
    public void Nodes_whose_rows_stay_on_their_partition_are_rescaled_together_and_the_last_number_counts()
    {
        _graph.Source().ByKey(_graph, "sum").Then(_graph, "first", new NodeOptions { Name = "first" }).Then(_graph, "second", new NodeOptions { Name = "second" }).Sink(_graph);

        Assert.Equal(["queue", "sum(queue) first second print(second)"], Planned(JobScale.None.With("first", 4)).Shape().Split(" | "));
        Assert.Equal([2, 7], Planned(JobScale.None.With("second", 4).With("first", 7)).Stages.Select(stage => stage.Parallelism));
        Assert.Equal([2, 4], Planned(JobScale.None.With("first", 7).With("second", 4)).Stages.Select(stage => stage.Parallelism));
    }

    [Fact]
    public void What_can_not_be_rescaled_is_refused_by_name()
    {
        _graph.Source().Then(_graph, "map").Then(_graph, "all", new NodeOptions { Name = "all" }, PlanFixture.ExchangeBy(ExchangeKind.Global)).ByKey(_graph, "sum").Sink(_graph);

        Assert.StartsWith("Operator map(queue): one behind an exchange expected to be rescaled, found one in the partitions of source queue, which are its splits", Refusal("map(queue)", 3), StringComparison.Ordinal);
        Assert.StartsWith("Operator all: one of several partitions expected to be rescaled, found one where operator all takes all rows into one.", Refusal("all", 3), StringComparison.Ordinal);
        Assert.StartsWith("Operator sums: one of the job's expected to be rescaled, none of that name found; it has map(queue), all, sum(all), print(sum(all)).", Refusal("sums", 3), StringComparison.Ordinal);
        Assert.StartsWith("Operator sum(all) has Parallelism 129, at most the 128 key groups of the job expected", Refusal("sum(all)", 129), StringComparison.Ordinal);
        Assert.Equal([2, 1, 128], Planned(JobScale.None.With(null, 500)).Stages.Select(stage => stage.Parallelism));

        string Refusal(string name, int parallelism) => Assert.Throws<GraphException>(() => Planned(JobScale.None.With(name, parallelism))).Message;
    }

    [Fact]
    public void A_scale_is_read_from_its_text()
    {
        var scale = JobScale.None.With("a: b, c", 4).With(null, 3).With("to 7: d", 5);

        Assert.Equal("rescaled 3 times\nby default to 3\nto 4: a: b, c\nto 5: to 7: d\n", scale.ToString());
        var read = JobScale.Find($"job x\n{scale}stage 0: to 8\n");
        Assert.Equal((scale.Times, scale.Parallelism), (read.Times, read.Parallelism));
        Assert.Equal<(string, int)[]>([.. scale.Operators], [.. read.Operators]);
        Assert.Equal("", JobScale.None.ToString());
        Assert.Equal(0, JobScale.Find("job x\nstage 0\n").Times);
    }

    private JobGraph Planned(JobScale scale) => GraphPlanner.Plan(_graph, new PlanOptions(2, Scale: scale));

    [Fact]
    public void Parallelism_0_is_refused()
    {
        Assert.Throws<GraphException>(() => _graph.Source(options: new NodeOptions { Parallelism = 0 }));
        _graph.Source("fixed", splits: 0);
        Assert.Equal("Operator fixed has parallelism 0, 1 to 32768 expected.", Assert.Throws<GraphException>(() => _graph.Plan()).Message);
        Assert.Throws<GraphException>(() => _graph.Plan(parallelism: 0));
        Assert.Throws<GraphException>(() => _graph.Plan(keyGroups: 0));
    }

    [Theory]
    [InlineData(ExchangeKind.Forward, "← forward")]
    [InlineData(ExchangeKind.Rescale, "← rescale")]
    [InlineData(ExchangeKind.Direct, "← direct")]
    [InlineData(ExchangeKind.TwoChoice, "← two-choice")]
    [InlineData(ExchangeKind.LocalOrShuffle, "← local-or-shuffle")]
    [InlineData(ExchangeKind.Custom, "← custom")]
    public void An_exchange_is_explained_by_its_name(ExchangeKind kind, string shown)
    {
        var (left, right) = (_graph.Source("left"), _graph.Source("right"));
        var union = _graph.AddOperator("union", PlanFixture.NoOperator);
        _graph.Connect(left, union, PlanFixture.ExchangeBy(kind));
        _graph.Connect(right, union);

        Assert.Contains($"{shown} from stage 0 (left)", _graph.Plan().Explain(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_exchange_without_its_function_is_refused()
    {
        Assert.Throws<ArgumentNullException>(() => Exchange<int>.Hash(null!));
        Assert.Throws<ArgumentNullException>(() => Exchange<int>.Direct(null!));
        Assert.Throws<ArgumentNullException>(() => Exchange<int>.TwoChoice(null!));
        Assert.Throws<ArgumentNullException>(() => Exchange<int>.Custom(null!));
    }

    [Theory]
    [InlineData(ExchangeKind.Direct)]
    [InlineData(ExchangeKind.TwoChoice)]
    [InlineData(ExchangeKind.Custom)]
    public void Key_groups_bound_the_partitions_behind_a_hash_alone(ExchangeKind kind)
    {
        _graph.Source().Then(_graph, "map", new NodeOptions { Parallelism = 9 }, PlanFixture.ExchangeBy(kind));

        Assert.Equal(9, _graph.Plan(keyGroups: 8).Stages[1].Parallelism);
    }

    [Fact]
    public void Key_groups_bound_the_default_parallelism_behind_a_hash()
    {
        var source = _graph.Source();
        source.ByKey(_graph, "reduceByKey").Then(_graph, "map");
        var join = _graph.AddOperator("join", PlanFixture.NoOperator);
        _graph.Connect(source, join);
        _graph.Connect(source, join, PlanFixture.Hash);

        Assert.Equal([2, 1, 1], _graph.Plan(parallelism: 2, keyGroups: 1).Stages.Select(stage => stage.Parallelism));
    }

    [Fact]
    public void More_partitions_than_key_groups_are_refused_behind_a_hash()
    {
        _graph.Source().Then(_graph, "map", new NodeOptions { Parallelism = 9 }).ByKey(_graph, "reduceByKey", new NodeOptions { Parallelism = 9 });

        Assert.Equal(
            "Operator reduceByKey(queue) has Parallelism 9, at most the 8 key groups of the job expected; lower its Parallelism, or raise millrace.task.key-groups (JobOptions.KeyGroups).",
            Assert.Throws<GraphException>(() => _graph.Plan(keyGroups: 8)).Message);
        Assert.Equal(9, _graph.Plan(keyGroups: 9).Stages[2].Parallelism);
    }

    [Fact]
    public void An_input_that_was_added_after_what_it_feeds_is_refused()
    {
        var map = _graph.AddOperator("map", PlanFixture.NoOperator);

        Assert.Equal(
            "map: an input that was added before it expected, queue, added after it, found; add inputs before what they feed. A graph has no cycles.",
            Assert.Throws<GraphException>(() => _graph.Connect(_graph.Source(), map)).Message);
        Assert.Equal(
            "map: an input that was added before it expected, itself found; add inputs before what they feed. A graph has no cycles.",
            Assert.Throws<GraphException>(() => _graph.Connect(new OutputPort<(string, int)>(map), map)).Message);
    }

    [Fact]
    public void A_negative_output_port_is_refused()
    {
        var source = _graph.Source();

        Assert.Equal(
            "queue: output port -1 found, 0 or more expected; output ports are counted from 0.",
            Assert.Throws<GraphException>(() => (source with { Port = -1 }).Then(_graph, "map")).Message);
    }

    [Fact]
    public void Rows_that_an_operator_does_not_take_are_refused()
    {
        var words = _graph.Source().Then(_graph, "words");
        var second = _graph.AddOperator("map", PlanFixture.NoOperator);
        _graph.Connect(words, second);
        _graph.Connect(new OutputPort<Dictionary<string, int>>(words.Node), second);

        var failure = Assert.Throws<GraphException>(() => _graph.Plan());

        Assert.Equal(
            "Operator map(queue): rows of Dictionary<String, Int32> found on input port 1, which PairsOperator does not take there; " +
            "connect a stream of the rows that it takes, and no more inputs than it has.",
            failure.Message);
    }

    [Fact]
    public void An_operator_that_cannot_be_created_is_refused()
    {
        _graph.AddOperator<(string, int), int>("map", _graph.Source(), () => throw new InvalidOperationException("no licence"));

        Assert.Equal(
            "Operator map(queue) expected, its function that creates it threw InvalidOperationException: no licence",
            Assert.Throws<GraphException>(() => _graph.Plan()).Message);
    }

    [Fact]
    public void A_name_given_twice_is_refused()
    {
        var source = _graph.Source(options: new NodeOptions { Name = "words" });

        var failure = Assert.Throws<GraphException>(() => source.Then(_graph, "map", new NodeOptions { Name = "words" }));

        Assert.StartsWith("Operator name 'words' found twice", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_name_is_refused() => Assert.Throws<GraphException>(() => _graph.Source(options: new NodeOptions { Name = " " }));

    [Fact]
    public void An_edge_between_two_graphs_is_refused()
    {
        var other = new StreamGraph();
        var (here, there) = (_graph.Source(), other.Source());

        Assert.Throws<GraphException>(() => there.Then(_graph, "map"));
        Assert.Throws<GraphException>(() => there.Sink(_graph));
        Assert.Throws<GraphException>(() => _graph.Connect(here, other.AddOperator("union", PlanFixture.NoOperator)));
        Assert.Throws<GraphException>(() => default(OutputPort<(string, int)>).Then(_graph, "map"));
    }

    [Theory]
    [InlineData(ChangeMode.Append, "rows of ValueTuple<String, Int32>", "filter(queue)")]
    [InlineData(ChangeMode.Upsert, "rows of ValueTuple<String, Int32>, changes: upsert", "filter(queue) [changes: upsert]")]
    [InlineData(ChangeMode.Retract, "rows of ValueTuple<String, Int32>, changes: retract", "filter(queue) [changes: retract]")]
    public void Changes_on_an_edge_are_explained(ChangeMode changes, string exchanged, string fused)
    {
        var source = _graph.Source();
        var map = _graph.AddOperator("map", PlanFixture.NoOperator);
        _graph.Connect(source, map, Exchange<(string, int)>.Rebalance, changes);
        var filter = _graph.AddOperator("filter", PlanFixture.NoOperator);
        _graph.Connect(new OutputPort<(string, int)>(map), filter, changes: changes);

        var lines = _graph.Plan().Explain().Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains($"← rebalance from stage 0 (queue), {exchanged}", lines);
        Assert.Contains(fused, lines);
    }

    [Fact]
    public void Explains_itself()
    {
        _graph.Source("socketText", splits: 1, isReplayable: false)
            .Then(_graph, "flatMap")
            .Then(_graph, "combineByKey")
            .ByKey(_graph, "updateStateByKey", new NodeOptions { Name = "totals" })
            .Then(_graph, "filter", new NodeOptions { Parallelism = 2 })
            .Sink(_graph);

        Assert.Equal(
            """
            3 stages, 7 tasks, 128 key groups
            at least once; volatile: socketText (what a killed process had received and not committed is lost)
            stage 0 × 1
              socketText
              flatMap(socketText)
              combineByKey(socketText)
            stage 1 × 4
              ← hash from stage 0 (combineByKey(socketText)), rows of ValueTuple<String, Int32>
              totals [stateful]
            stage 2 × 2
              ← rebalance from stage 1 (totals), rows of ValueTuple<String, Int32>
              filter(totals)
              print(totals)

            """.ReplaceLineEndings("\n"),
            _graph.Plan(parallelism: 4).Explain());
    }
}
