using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Millrace.Architecture;

public sealed partial class DocumentationTests
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

    [Fact]
    public void The_table_of_features_holds_each_number_once_and_is_counted()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "features.md"));
        var rows = Row().Matches(text).ToArray();

        Assert.Equal(Enumerable.Range(1, 131), rows.Select(row => int.Parse(row.Groups["number"].Value, CultureInfo.InvariantCulture)));
        var states = rows.CountBy(row => row.Groups["state"].Value).ToDictionary();
        Assert.Contains($"{states["works"]} work, {states["partial"]} are partial, {states["absent"]} are absent.\n", text, StringComparison.Ordinal);
        Assert.All(rows.Where(row => row.Groups["state"].Value == "works"), row => Assert.Matches("`[A-Za-z]+(\\.[A-Za-z]+)*`", row.Groups["proof"].Value));
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \|[^|]*\| (?<state>works|partial|absent) \|(?<proof>.*)\|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    private static bool IsDocumented(XElement member) =>
        member.Element("inheritdoc") is not null || !string.IsNullOrWhiteSpace(member.Element("summary")?.Value);
}
