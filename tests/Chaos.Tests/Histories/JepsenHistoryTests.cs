using System.Text.Json;
using Millrace.Chaos.Histories;

namespace Millrace.Chaos.Tests.Histories;

/// <summary>Every history of the corpus gets the verdict that stands beside it.</summary>
public sealed class JepsenHistoryTests
{
    public static TheoryData<string> Names => [.. JepsenHistories.Names];

    [CorpusTheory]
    [MemberData(nameof(Names))]
    public void A_history_gets_its_verdict(string name)
    {
        switch (JepsenHistories.Workload(name))
        {
            case "log":
                AssertLog(name);
                break;
            case "total-queue":
                AssertQueue(name);
                break;
            case "counter":
                AssertCounter(name);
                break;
            default:
                Assert.Fail($"A workload that a checker knows expected in {name}, {JepsenHistories.Workload(name)} found.");
                break;
        }
    }

    [CorpusTheory]
    [InlineData(32)]
    public void All_histories_are_there(int count) => Assert.Equal(count, JepsenHistories.Names.Count());

    private static void AssertLog(string name)
    {
        var anomalies = LogChecker.Check(JepsenHistories.Log(name));
        var verdict = JepsenHistories.Verdict(name);
        foreach (var expected in verdict.EnumerateObject())
        {
            switch (expected.Name)
            {
                case "errors":
                    Assert.Equal(JepsenHistories.Texts(expected.Value), anomalies.Select(anomaly => anomaly.ToString()));
                    break;
                case "duplicateValues":
                    Assert.Equal(
                        JepsenHistories.Texts(expected.Value),
                        anomalies.Where(anomaly => anomaly.Kind == LogAnomalyKind.Duplicate).SelectMany(anomaly => anomaly.Values));
                    break;
                default:
                    AssertAnomalies(expected.Value, [.. anomalies.Where(anomaly => anomaly.Kind == Enum.Parse<LogAnomalyKind>(expected.Name, ignoreCase: true))]);
                    break;
            }
        }
    }

    private static void AssertAnomalies(JsonElement expected, LogAnomaly[] found)
    {
        Assert.Equal(expected.GetArrayLength(), found.Length);
        foreach (var (anomaly, properties) in found.Zip(expected.EnumerateArray()))
        {
            foreach (var property in properties.EnumerateObject())
                AssertProperty(property, anomaly);
        }
    }

    private static void AssertProperty(JsonProperty expected, LogAnomaly found)
    {
        switch (expected.Name)
        {
            case "key":
                Assert.Equal(expected.Value.ToString(), found.Key);
                break;
            case "value":
                Assert.Equal<string>([expected.Value.ToString()], found.Values);
                break;
            case "values":
                Assert.Equal<string>(JepsenHistories.Texts(expected.Value), found.Values);
                break;
            case "skipped":
                Assert.Equal<string>(JepsenHistories.Texts(expected.Value), found.Skipped);
                break;
            case "offset":
                Assert.Equal<long>([expected.Value.GetInt64()], found.Offsets);
                break;
            case "offsets":
                Assert.Equal<long>(JepsenHistories.Numbers(expected.Value), found.Offsets);
                break;
            case "count":
                Assert.Equal(expected.Value.GetInt32(), found.Offsets.Length);
                break;
            case "delta":
                Assert.Equal(expected.Value.GetInt32(), found.Delta);
                break;
            default:
                Assert.Fail($"A property that an anomaly has expected, {expected.Name} found.");
                break;
        }
    }

    private static void AssertQueue(string name)
    {
        var found = TotalQueueChecker.Check(JepsenHistories.Client(name));
        foreach (var expected in JepsenHistories.Verdict(name).EnumerateObject())
        {
            switch (expected.Name)
            {
                case "valid":
                    Assert.Equal(expected.Value.GetBoolean(), found.IsValid);
                    break;
                case "attempts":
                    Assert.Equal(expected.Value.GetInt32(), found.Attempts);
                    break;
                case "acknowledged":
                    Assert.Equal(expected.Value.GetInt32(), found.Acknowledged);
                    break;
                case "ok":
                    Assert.Equal(expected.Value.GetInt32(), found.Ok.Length);
                    break;
                default:
                    Assert.Equal(JepsenHistories.Texts(expected.Value), List(found, expected.Name));
                    break;
            }
        }
    }

    private static IEnumerable<string> List(TotalQueueVerdict verdict, string name) => name switch
    {
        "lost" => verdict.Lost,
        "unexpected" => verdict.Unexpected,
        "duplicated" => verdict.Duplicated,
        "recovered" => verdict.Recovered,
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "A list of the verdict expected."),
    };

    private static void AssertCounter(string name)
    {
        var reads = CounterChecker.Check(JepsenHistories.Client(name));
        foreach (var expected in JepsenHistories.Verdict(name).EnumerateObject())
        {
            switch (expected.Name)
            {
                case "valid":
                    Assert.Equal(expected.Value.GetBoolean(), reads.All(read => read.IsValid));
                    break;
                case "reads":
                    Assert.Equal(expected.Value.EnumerateArray().Select(Read), reads.AsEnumerable());
                    break;
                case "errors":
                    Assert.Equal(expected.Value.EnumerateArray().Select(Read), reads.Where(read => !read.IsValid));
                    break;
                default:
                    Assert.Fail($"A property that a verdict on a counter has expected, {expected.Name} found.");
                    break;
            }
        }
    }

    private static CounterRead Read(JsonElement read) => new(read[0].GetInt64(), read[1].GetInt64(), read[2].GetInt64());
}
