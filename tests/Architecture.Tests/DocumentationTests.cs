using System.Xml.Linq;

namespace Millrace.Architecture;

public sealed class DocumentationTests
{
    public static TheoryData<string> Projects => [.. Repository.Projects];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Every_public_type_has_a_summary(string project)
    {
        var documentation = XDocument.Load(Path.ChangeExtension(Repository.AssemblyOf(project).Location, ".xml"));
        var documented = documentation.Descendants("member").Where(IsDocumented).Select(member => member.Attribute("name")!.Value).ToHashSet(StringComparer.Ordinal);

        var missing = Repository.AssemblyOf(project).GetExportedTypes().Select(type => type.FullName!.Replace('+', '.')).Where(name => !documented.Contains($"T:{name}"));

        Assert.Empty(missing);
    }

    private static bool IsDocumented(XElement member) =>
        member.Element("inheritdoc") is not null || !string.IsNullOrWhiteSpace(member.Element("summary")?.Value);
}
