using Millrace.Operators;

namespace Millrace.Architecture;

public sealed class OperatorTestTests
{
    /// <summary>Their tests run them plain, row by row, rolled back and restored: <c>OperatorHarness</c> does it for every one.</summary>
    [Fact]
    public void Every_operator_has_tests_that_go_through_the_harness()
    {
        var operators = Repository.Projects
            .SelectMany(project => Repository.AssemblyOf(project).GetTypes())
            .Where(type => type.IsSubclassOf(typeof(Operator)) && !type.IsAbstract)
            .Select(type => type.Name.Split('`')[0])
            .ToArray();
        var tests = Directory.GetFiles(Path.Combine(Repository.Root, "tests"), "*OperatorTests.cs", SearchOption.AllDirectories)
            .ToDictionary(file => Path.GetFileNameWithoutExtension(file), File.ReadAllText, StringComparer.Ordinal);

        var missing = operators.Where(name => !tests.TryGetValue($"{name}Tests", out var text)
            || !text.Contains(name, StringComparison.Ordinal)
            || !(text.Contains("OperatorHarness.For(", StringComparison.Ordinal) || text.Contains(": OperatorTests(typeof(", StringComparison.Ordinal) || text.Contains(" : OperatorTests", StringComparison.Ordinal)));

        Assert.True(operators.Length > 15, $"{operators.Length} operators found");
        Assert.Empty(missing);
    }
}
