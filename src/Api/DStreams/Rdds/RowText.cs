using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Millrace.DStreams.Rdds;

/// <summary>Spells rows as Spark does, the same in every culture: <c>(word,2)</c> for a tuple, <c>CompactBuffer(1, 2)</c> for a sequence, <c>Map(a -> 1)</c> for a dictionary, <c>null</c> for none.</summary>
internal static class RowText
{
    public static string Spell(object? row) => row switch
    {
        null => "null",
        ITuple tuple => "(" + string.Join(',', Enumerable.Range(0, tuple.Length).Select(item => Spell(tuple[item]))) + ")",
        string text => text,
        IDictionary map => "Map(" + string.Join(", ", map.Keys.Cast<object>().Select(key => $"{Spell(key)} -> {Spell(map[key])}")) + ")",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable items when !HasText(row.GetType()) => "CompactBuffer(" + string.Join(", ", items.Cast<object?>().Select(Spell)) + ")",
        _ => row.ToString() ?? "",
    };

    // A sequence that says what it is, is asked.
    private static bool HasText(Type type) => type.GetMethod(nameof(ToString), Type.EmptyTypes)!.DeclaringType is { } declaring
        && declaring != typeof(object) && declaring.Namespace?.StartsWith("System", StringComparison.Ordinal) != true;
}
