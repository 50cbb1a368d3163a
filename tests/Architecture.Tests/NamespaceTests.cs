namespace Millrace.Architecture;

public sealed class NamespaceTests
{
    private const string Root = "Millrace";

    private static readonly string[] Core =
    [
        "Millrace.Data", "Millrace.Serialization", "Millrace.Time", "Millrace.State", "Millrace.Operators", "Millrace.Connectors", "Millrace.Graphs", "Millrace.Planning",
        "Millrace.Client",
    ];

    private static readonly string[] Runtime =
    [
        "Millrace.Runtime.Configuration", "Millrace.Runtime.Wire", "Millrace.Runtime.State", "Millrace.Runtime.Protocol",
        "Millrace.Runtime.Exchange", "Millrace.Runtime.Checkpoints", "Millrace.Runtime.Tasks", "Millrace.Runtime.Executors", "Millrace.Runtime.Observability",
        "Millrace.Runtime.Jobs", "Millrace.Runtime.Cluster", "Millrace.Runtime.Hosting",
    ];

    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Fact]
    public void Core_mentions_only_what_stands_before_it() => AssertOrder("Core", Core);

    [Fact]
    public void Runtime_mentions_only_what_stands_before_it() => AssertOrder("Runtime", Runtime);

    [Fact]
    public void The_graph_holds_what_the_sources_use()
    {
        // Guards the guard: a namespace that a file uses must be seen in its compiled code, also where only a lambda or an async method does.
        var seen = NamespaceGraph.All.Select(mention => (mention.From, mention.To)).ToHashSet();

        var existing = NamespaceGraph.All.Select(mention => mention.From).ToHashSet(StringComparer.Ordinal);
        var used = Repository.SourceFiles("src").SelectMany(Usings).Where(edge => existing.Contains(edge.To)).Distinct();

        Assert.Empty(used.Except(seen));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Namespaces_of_a_project_are_free_of_cycles(string project)
    {
        var edges = NamespaceGraph.Within(project).Select(mention => (mention.From, mention.To)).Distinct().ToLookup(edge => edge.From, edge => edge.To);

        // Peels off namespaces that mention nothing of the rest; what stays is in a cycle or stands on one.
        var rest = edges.Select(edge => edge.Key).ToHashSet(StringComparer.Ordinal);
        while (rest.RemoveWhere(name => !edges[name].Any(rest.Contains)) > 0)
        {
        }

        Assert.True(rest.Count == 0, $"No cycle expected in {project}, found one among {string.Join(", ", rest.Order(StringComparer.Ordinal))}.");
    }

    // Testing starts a host as a user's program does; nothing may stand on Testing (ReferenceTests), so that no circle can come of it.
    [Fact]
    public void Nothing_mentions_the_root_namespace() => AssertNone(
        NamespaceGraph.All.Where(mention => mention.To == Root && mention.From != Root && mention.Project != "Testing"), "no mention of an entry point");

    [Fact]
    public void The_root_namespace_holds_entry_points_only()
    {
        var found = Repository.Projects.SelectMany(project => Repository.AssemblyOf(project).GetTypes())
            .Where(type => type.Namespace == Root && !type.IsNested && !type.Name.StartsWith('<'));

        Assert.Equal(["ClusterClient", "MillraceHost", "MillraceServiceCollectionExtensions"], found.Select(type => type.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void No_type_bears_the_name_of_the_root_namespace() =>
        Assert.DoesNotContain(Repository.Projects.SelectMany(project => Repository.AssemblyOf(project).GetTypes()), type => type.Name == Root);

    private static void AssertOrder(string project, string[] order)
    {
        var unknown = Repository.AssemblyOf(project).GetTypes().Select(type => type.Namespace)
            .Where(name => name?.StartsWith(Root + ".", StringComparison.Ordinal) == true && !order.Contains(name)).Distinct();
        Assert.True(!unknown.Any(), $"A place in the order of {project} expected for {string.Join(", ", unknown)}: add it to NamespaceTests.");
        AssertNone(
            NamespaceGraph.Within(project).Where(mention => mention.From != Root && Array.IndexOf(order, mention.To) > Array.IndexOf(order, mention.From)),
            $"{string.Join(" → ", order)}, each on those before it");
    }

    private static IEnumerable<(string From, string To)> Usings(string path)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, path));
        var from = Array.Find(lines, line => line.StartsWith("namespace ", StringComparison.Ordinal))?["namespace ".Length..^1] ?? "";
        return lines.Where(line => line.StartsWith("using Millrace.", StringComparison.Ordinal)).Select(line => (from, line["using ".Length..^1]));
    }

    private static void AssertNone(IEnumerable<NamespaceGraph.Mention> found, string expected)
    {
        var lines = found.Select(mention => mention.ToString()).Distinct().Order(StringComparer.Ordinal).ToArray();
        Assert.True(lines.Length == 0, $"{expected} expected, {lines.Length} breaches found:\n{string.Join('\n', lines)}");
    }
}
