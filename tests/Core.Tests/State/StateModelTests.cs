using CsCheck;
using Millrace.Data;

namespace Millrace.Core.Tests.State;

/// <summary>Random operations over several epochs in flight, against a model. CsCheck prints the seed of a failure; <c>CsCheck_Seed</c> replays it.</summary>
public sealed class StateModelTests
{
    private const int Runs = 1000;

    private static readonly Gen<List<Step>> Steps =
        Gen.Select(Gen.Frequency((10, Gen.Int[0, TableDriver.Kinds - 1]), (6, Gen.Int[TableDriver.Kinds, TableDriver.Kinds + 5])), Gen.Int[0, 23], Gen.Int[0, 15])
            .Select((kind, key, value) => new Step(kind, key, value))
            .List[0, 60];

    [Fact]
    public void Values_by_number() => Check(new ValueDriver<int>(i => i, key => $"{key}"));

    [Fact]
    public void Values_by_text_with_null() => Check(new ValueDriver<string?>(i => i == 0 ? null : $"key {i}", key => key ?? "null"));

    [Fact]
    public void Values_by_slice() => Check(new ValueDriver<TextSlice>(i => new TextSlice($"a line with key{i}", 12, $"key{i}".Length), key => key.ToString()));

    [Fact]
    public void Values_by_tuple() => Check(new ValueDriver<(int, string)>(i => (i % 4, $"{i}"), key => $"{key}"));

    [Fact]
    public void Values_by_clashing_key() => Check(new ValueDriver<ClashingKey>(i => new ClashingKey(i), key => $"{key}"));

    [Fact]
    public void Lists() => Check(new ListDriver());

    [Fact]
    public void Maps() => Check(new MapDriver());

    [Fact]
    public void Timers() => Check(new TimerDriver());

    private static void Check(TableDriver driver) =>
        Steps.Sample(steps => ModelRun.Check(driver, steps), iter: Runs, print: steps => string.Join(", ", steps));
}
