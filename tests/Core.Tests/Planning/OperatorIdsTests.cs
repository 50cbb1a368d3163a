using Millrace.Graphs;

namespace Millrace.Core.Tests.Planning;

public sealed class OperatorIdsTests
{
    [Fact]
    public void A_filter_before_it_leaves_the_id_of_a_stateful_operator()
    {
        var before = new StreamGraph();
        var stateBefore = before.Source().ByKey(before, "reduceByKey");
        var after = new StreamGraph();
        var stateAfter = after.Source().Then(after, "filter").Then(after, "map").ByKey(after, "reduceByKey");

        Assert.Equal("reduceByKey(queue)", before.Plan().IdOf(stateBefore.Node).Name);
        Assert.Equal("reduceByKey(queue)", after.Plan().IdOf(stateAfter.Node).Name);
    }

    [Fact]
    public void An_edit_of_another_branch_leaves_the_id_of_a_stateful_operator()
    {
        var graph = new StreamGraph();
        graph.Source("clicks").Then(graph, "map").ByKey(graph, "reduceByKey").Sink(graph);
        var orders = graph.Source("orders");
        orders.Then(graph, "map").Sink(graph);
        var state = orders.ByKey(graph, "reduceByKey");

        Assert.Equal("reduceByKey(orders)", graph.Plan().IdOf(state.Node).Name);
    }

    [Fact]
    public void What_stands_on_state_is_named_after_it()
    {
        var graph = new StreamGraph();
        var second = graph.Source().ByKey(graph, "reduceByKey").Then(graph, "map").ByKey(graph, "updateStateByKey");

        Assert.Equal("updateStateByKey(reduceByKey(queue))", graph.Plan().IdOf(second.Node).Name);
    }

    [Fact]
    public void Equal_ones_are_numbered_in_order_of_building()
    {
        var graph = new StreamGraph();
        var source = graph.Source();
        source.ByKey(graph, "reduceByKey");
        source.Then(graph, "map").ByKey(graph, "reduceByKey");
        source.ByKey(graph, "reduceByKey");

        Assert.Equal("queue map(queue) | reduceByKey(queue) | reduceByKey(queue).2 | reduceByKey(queue).3", graph.Plan().Shape());
    }

    [Fact]
    public void Numbered_state_is_marked_the_first_too()
    {
        const string Mark = "numbered: give it a name, else another one before it changes its id";
        var graph = new StreamGraph();
        var source = graph.Source();
        source.ByKey(graph, "updateStateByKey");
        source.ByKey(graph, "updateStateByKey");
        source.ByKey(graph, "updateStateByKey", new NodeOptions { Name = "totals" });
        source.ByKey(graph, "reduceByKey");
        source.Then(graph, "map");
        source.Then(graph, "map");

        var lines = graph.Plan().Explain().Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains($"updateStateByKey(queue) [stateful, {Mark}]", lines);
        Assert.Contains($"updateStateByKey(queue).2 [stateful, {Mark}]", lines);
        Assert.Equal(2, lines.Count(line => line.Contains(Mark, StringComparison.Ordinal)));
        Assert.Contains("totals [stateful]", lines);
        Assert.Contains("reduceByKey(queue) [stateful]", lines);
    }

    [Fact]
    public void Numbered_sources_are_marked()
    {
        var graph = new StreamGraph();
        graph.Source();
        graph.Source();

        Assert.Equal(2, graph.Plan().Explain().Split('\n').Count(line => line.Contains("[numbered: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void State_named_after_a_numbered_source_is_marked_unless_it_has_a_name()
    {
        const string Mark = "numbered: give it a name, else another one before it changes its id";
        var graph = new StreamGraph();
        graph.Source();
        var second = graph.Source();
        second.Then(graph, "map").ByKey(graph, "updateStateByKey").ByKey(graph, "reduceByKey");
        second.ByKey(graph, "mapWithState", new NodeOptions { Name = "totals" }).ByKey(graph, "reduceByKey");

        var lines = graph.Plan().Explain().Split('\n', StringSplitOptions.TrimEntries);

        Assert.Contains($"updateStateByKey(queue.2) [stateful, {Mark}]", lines);
        Assert.Contains($"reduceByKey(updateStateByKey(queue.2)) [stateful, {Mark}]", lines);
        Assert.Contains("totals [stateful]", lines);
        Assert.Contains("reduceByKey(totals) [stateful]", lines);
    }

    [Fact]
    public void A_named_operator_is_found_by_its_name_whatever_it_stands_on()
    {
        var graph = new StreamGraph();
        var state = graph.Source().ByKey(graph, "reduceByKey", new NodeOptions { Name = "totals" });
        var behind = state.Then(graph, "map");

        var plan = graph.Plan();

        Assert.Equal("totals", plan.IdOf(state.Node).Name);
        Assert.Equal("map(totals)", plan.IdOf(behind.Node).Name);
    }

    [Theory]
    [InlineData("queue", "queue.2 | queue")]
    [InlineData("queue.2", "queue | queue.2")]
    public void A_name_is_never_numbered_nor_given_to_another(string name, string shape)
    {
        var graph = new StreamGraph();
        graph.Source("queue");
        graph.Source("rates", options: new NodeOptions { Name = name });

        Assert.Equal(shape, graph.Plan().Shape());
    }

    [Fact]
    public void Ids_are_unique_where_a_name_looks_like_a_number()
    {
        var graph = new StreamGraph();
        graph.Source("queue");
        graph.Source("rates", options: new NodeOptions { Name = "queue.2" });
        graph.Source("queue");

        Assert.Equal("queue | queue.2 | queue.3", graph.Plan().Shape());
    }
}
