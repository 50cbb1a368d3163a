using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Millrace.Corpus.Tests.DStreams;

/// <summary>Rows of a case are JSON texts in one spelling, so that equal values are equal strings.</summary>
internal static class Text
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(JsonNode? value) => value?.ToJsonString(Plain) ?? "null";

    public static string Of(string value) => JsonSerializer.Serialize(value, Plain);

    public static string Of(long value) => JsonSerializer.Serialize(value);

    public static string List(IEnumerable<string> items) => "[" + string.Join(',', items) + "]";

    public static string Pair(string left, string right) => List([left, right]);

    public static long Number(string text) => JsonSerializer.Deserialize<long>(text);

    public static string String(string text) => JsonSerializer.Deserialize<string>(text)!;

    public static string[] Items(string text) => [.. JsonNode.Parse(text)!.AsArray().Select(Of)];

    public static (string Key, string Value) AsPair(string text) => Items(text) is [var key, var value]
        ? (key, value)
        : throw new InvalidOperationException($"A pair expected, {text} found.");
}
