using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Millrace.Chaos.Histories;

namespace Millrace.Chaos.Tests.Histories;

/// <summary>The histories of the corpus of Jepsen's checker tests, with their verdicts.</summary>
internal static class JepsenHistories
{
    private static readonly Lazy<Dictionary<string, JsonElement>> Histories = new(Load);

    public static IEnumerable<string> Names => Directory.Exists(Corpora.Root) ? Histories.Value.Keys : ["no corpora"];

    public static JsonElement Verdict(string name) => Histories.Value[name].GetProperty("expected");

    public static string Workload(string name) =>
        Histories.Value[name].TryGetProperty("workload", out var workload) ? workload.GetString()!.Split(' ')[0] : "log";

    public static ImmutableArray<LogOperation> Log(string name) => [.. Operations(name).Select(Operation)];

    public static ImmutableArray<ClientOperation> Client(string name) =>
    [
        .. Operations(name).Select(operation => new ClientOperation(
            operation.GetProperty("process").GetInt32(),
            Outcome(operation),
            operation.GetProperty("f").GetString()!,
            operation.GetProperty("value") is { ValueKind: not JsonValueKind.Null } value ? value.ToString() : null)),
    ];

    private static IEnumerable<JsonElement> Operations(string name) => Histories.Value[name].GetProperty("ops").EnumerateArray();

    private static LogOperation Operation(JsonElement operation) => new(
        operation.GetProperty("process").GetInt32(),
        Outcome(operation),
        operation.TryGetProperty("mops", out var steps) ? [.. steps.EnumerateArray().SelectMany(Steps)] : [],
        operation.TryGetProperty("keys", out var keys) ? [.. keys.EnumerateArray().Select(key => key.GetString()!)] : null);

    private static IEnumerable<LogStep> Steps(JsonElement step) => step[0].GetString() == "send"
        ? [new LogStep(true, step[1].GetString()!, step[2].ValueKind == JsonValueKind.Null ? null : step[2].GetInt64(), step[3].ToString())]
        : from key in step[1].EnumerateObject()
          from record in key.Value.EnumerateArray()
          select new LogStep(false, key.Name, record[0].GetInt64(), record[1].ToString());

    private static HistoryOutcome Outcome(JsonElement operation) => Enum.Parse<HistoryOutcome>(operation.GetProperty("type").GetString()!, ignoreCase: true);

    private static Dictionary<string, JsonElement> Load()
    {
        using var stream = File.OpenRead(Path.Combine(Corpora.Root, "checkers", "jepsen-histories.json"));
        return JsonDocument.Parse(stream).RootElement.GetProperty("histories").EnumerateArray()
            .ToDictionary(history => history.GetProperty("id").GetString()!, StringComparer.Ordinal);
    }

    /// <summary>A list of the verdict as text, in order.</summary>
    public static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(value => value.ToString())];

    /// <summary>A list of numbers.</summary>
    public static long[] Numbers(JsonElement list) => [.. list.EnumerateArray().Select(value => long.Parse(value.ToString(), CultureInfo.InvariantCulture))];
}
