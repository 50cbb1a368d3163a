namespace Millrace.Testing.Tests.Models;

/// <summary>Rows as the texts that are compared.</summary>
internal static class Text
{
    public static string Of(int key, int value) => $"{key}={value}";

    /// <summary>A key with values in any order.</summary>
    public static string Of(int key, IEnumerable<int> values) => $"{key}={string.Join(',', values.Order())}";

    public static IEnumerable<string> Sums(IEnumerable<(int Key, int Value)> rows) => rows.GroupBy(row => row.Key).Select(group => Of(group.Key, group.Sum(row => row.Value)));

    public static IEnumerable<string> Groups(IEnumerable<(int Key, int Value)> rows) => rows.GroupBy(row => row.Key).Select(group => Of(group.Key, group.Select(row => row.Value)));

    public static IEnumerable<string> Counts(IEnumerable<(int Key, int Value)> rows) => rows.GroupBy(row => row.Key).Select(group => Of(group.Key, group.Count()));
}
