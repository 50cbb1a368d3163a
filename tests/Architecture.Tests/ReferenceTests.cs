using System.Xml.Linq;

namespace Millrace.Architecture;

public sealed class ReferenceTests
{
    // What a project may stand on, itself aside; what those stand on is included.
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Core"] = [],
        ["Operators"] = ["Core"],
        ["Connectors"] = ["Core"],
        ["Runtime"] = ["Core"],
        ["Api"] = ["Core", "Operators", "Connectors"],
        ["Sql"] = ["Core", "Operators", "Connectors", "Api"],
        ["Testing"] = ["Core", "Operators", "Connectors", "Api", "Runtime"],
        ["Dashboard"] = ["Core", "Runtime"],
        ["Cli"] = ["Core", "Operators", "Connectors", "Api", "Sql", "Runtime", "Dashboard"],
    };

    private static readonly string[] KnowAkka = ["Runtime", "Connectors", "Testing", "Dashboard", "Cli"];

    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void References_point_down(string project)
    {
        Assert.True(Allowed.ContainsKey(project), $"A line in ReferenceTests.Allowed expected for {project}.");

        var found = Mentioned(project).Concat(Declared(project))
            .Where(name => name.StartsWith("Millrace.", StringComparison.Ordinal))
            .Select(name => name["Millrace.".Length..]);

        Assert.Empty(found.Except(Allowed[project]));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Akka_is_known_only_to_the_runtime_what_stands_on_it_and_connectors(string project)
    {
        if (!KnowAkka.Contains(project))
            Assert.DoesNotContain(Mentioned(project), name => name.StartsWith("Akka", StringComparison.Ordinal));
    }

    /// <summary>Assemblies that the compiled code uses.</summary>
    private static IEnumerable<string> Mentioned(string project) =>
        Repository.AssemblyOf(project).GetReferencedAssemblies().Select(reference => reference.Name ?? "");

    /// <summary>Assemblies of the projects that the project file names.</summary>
    private static IEnumerable<string> Declared(string project) =>
        XDocument.Load(Path.Combine(Repository.Root, "src", project, $"Millrace.{project}.csproj"))
            .Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")!.Value.Split('/', '\\')[^1][..^".csproj".Length]);
}
