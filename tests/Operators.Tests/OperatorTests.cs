using Millrace.Testing;

namespace Millrace.Operators;

/// <summary>Base of the tests of one operator: the harness comes from here, and a test that ran another operator, or none, fails.</summary>
public abstract class OperatorTests(Type exercised) : IDisposable
{
    private int _created;

    /// <summary>The operator type, open where it is generic.</summary>
    public Type Exercised { get; } = exercised;

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Assert.True(_created > 0, $"{GetType().Name}: a test through OperatorTests.For expected, the harness never made a {Exercised.Name}.");
    }

    protected OperatorHarness For(Func<Operator> create) => OperatorHarness.For(() =>
    {
        var made = create();
        var type = made.GetType();
        Assert.Equal(Exercised, type.IsGenericType ? type.GetGenericTypeDefinition() : type);
        _created++;
        return made;
    });
}
