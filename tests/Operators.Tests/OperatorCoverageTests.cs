using System.Reflection;
using Millrace.Operators.Stateless;

namespace Millrace.Operators;

public sealed class OperatorCoverageTests
{
    [Fact]
    public void Every_operator_is_run_through_the_harness()
    {
        var operators = typeof(MapOperator<,>).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Operator)) && !type.IsAbstract);

        var exercised = typeof(OperatorTests).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(OperatorTests)) && !type.IsAbstract && HasTests(type))
            .Select(type => ((OperatorTests)Activator.CreateInstance(type)!).Exercised);

        var missing = operators.Except(exercised).Select(type => type.Name).Order(StringComparer.Ordinal);
        Assert.True(!missing.Any(), $"Tests derived from OperatorTests expected for {string.Join(", ", missing)}, none found.");
    }

    private static bool HasTests(Type type) => type.GetMethods().Any(method => method.GetCustomAttribute<FactAttribute>() is { Skip: null });
}
