using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Millrace.Testing;

/// <summary>Compares expected with found rows and says what differs.</summary>
internal static class RowComparison
{
    public const int ShownRows = 10;

    private const int DepthMax = 3;

    public static void InOrder<T>(IReadOnlyList<T> expected, IReadOnlyList<T> found)
    {
        var common = Math.Min(expected.Count, found.Count);
        for (var row = 0; row < common; row++)
        {
            if (!RowEquality<T>.Instance.Equals(expected[row], found[row]))
            {
                throw new HarnessException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Show(expected)} expected, {Show(found)} found; row {row}: {Text(expected[row])} expected, {Text(found[row])} found"));
            }
        }

        if (expected.Count != found.Count)
            throw new HarnessException($"{Show(expected)} expected, {Show(found)} found");
    }

    public static void AnyOrder<T>(IReadOnlyList<T> expected, IReadOnlyList<T> found)
    {
        var (missing, surplus) = Differ(expected, found);
        if (missing.Count + surplus.Count > 0)
            throw new HarnessException($"{Show(expected)} expected, {Show(found)} found; missing {Show(missing)}, surplus {Show(surplus)}");
    }

    /// <summary>Expected rows that were not found, and found rows that were not expected, as often as they are.</summary>
    public static (List<T> Missing, List<T> Surplus) Differ<T>(IReadOnlyList<T> expected, IReadOnlyList<T> found)
    {
        // Why wrapped: a row may be null, a dictionary's key may not.
        var open = expected.CountBy(ValueTuple.Create, RowEquality<ValueTuple<T>>.Instance).ToDictionary(RowEquality<ValueTuple<T>>.Instance);
        var surplus = new List<T>();
        foreach (var row in found)
        {
            if (open.TryGetValue(new(row), out var count) && count > 0)
                open[new(row)] = count - 1;
            else
                surplus.Add(row);
        }

        return (open.SelectMany(pair => Enumerable.Repeat(pair.Key.Item1, pair.Value)).ToList(), surplus);
    }

    /// <summary>The first rows and how many there are.</summary>
    public static string Show<T>(IReadOnlyList<T> rows) => string.Create(
        CultureInfo.InvariantCulture,
        $"[{string.Join(", ", rows.Take(ShownRows).Select(row => Text(row)))}{(rows.Count > ShownRows ? $", … {rows.Count} rows" : "")}]");

    // Why a depth: objects may hold each other.
    private static string Text<T>(T row, int depth = 0) => row switch
    {
        null => "null",
        string text => $"\"{text}\"",
        ITuple tuple => $"({string.Join(", ", Enumerable.Range(0, tuple.Length).Select(item => Text(tuple[item], depth)))})",
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(item => Text(item, depth)))}]",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ when depth < DepthMax && !SpellsItself(row.GetType()) => Members(row, depth + 1),
        _ => row.ToString() ?? "",
    };

    private static bool SpellsItself(Type type) =>
        type.GetMethod(nameof(ToString), Type.EmptyTypes)?.DeclaringType is { } declaring && declaring != typeof(object) && declaring != typeof(ValueType);

    private static string Members(object row, int depth)
    {
        var type = row.GetType();
        var members = type.GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => property.CanRead && property.GetIndexParameters().Length == 0)
            .Select(property => (property.Name, Value: ValueOf(property, row)))
            .Concat(type.GetFields(BindingFlags.Instance | BindingFlags.Public).Select(field => (field.Name, Value: field.GetValue(row))));
        return $"{type.Name} {{ {string.Join(", ", members.Select(member => $"{member.Name} = {Text(member.Value, depth)}"))} }}";
    }

    private static object? ValueOf(PropertyInfo property, object row)
    {
        try
        {
            return property.GetValue(row);
        }
        catch (TargetInvocationException thrown)
        {
            return thrown.InnerException?.GetType().Name;
        }
    }
}
