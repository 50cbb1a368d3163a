using ArchUnitNET.Domain;
using ArchUnitNET.Loader;

namespace Millrace.Architecture;

/// <summary>Which namespace of the product mentions which, read from the compiled code.</summary>
internal static class NamespaceGraph
{
    private static readonly Lazy<Mention[]> AllMentions = new(Load);

    /// <summary>One type that mentions another, both of the product.</summary>
    internal sealed record Mention(string Project, string From, string FromType, string TargetProject, string To, string ToType)
    {
        public override string ToString() => $"{FromType} → {ToType}";
    }

    public static IEnumerable<Mention> All => AllMentions.Value;

    /// <summary>Mentions between two namespaces of one project.</summary>
    public static IEnumerable<Mention> Within(string project) =>
        All.Where(mention => mention.Project == project && mention.TargetProject == project && mention.From != mention.To);

    private static Mention[] Load()
    {
        var architecture = new ArchLoader().LoadAssemblies([.. Repository.Projects.Select(Repository.AssemblyOf)]).Build();
        return
        [
            .. from type in architecture.Types
               from dependency in type.Dependencies
               let target = dependency.Target
               where target is not GenericParameter // Why: listed under the first type that has one of that name.
               where ProjectOf(type) is not null && ProjectOf(target) is not null
               select new Mention(ProjectOf(type)!, type.Namespace.FullName, type.FullName, ProjectOf(target)!, target.Namespace.FullName, target.FullName),
        ];
    }

    private static string? ProjectOf(IType type)
    {
        var name = type.Assembly.FullName.Split(',')[0];
        return name.StartsWith("Millrace.", StringComparison.Ordinal) ? name["Millrace.".Length..] : null;
    }
}
