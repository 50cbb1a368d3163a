using System.Globalization;
using System.Runtime.CompilerServices;

namespace Millrace.DStreams.Rdds;

/// <summary>Spells rows as Spark does, the same in every culture: <c>(word,2)</c> for a tuple, <c>null</c> for none.</summary>
internal static class RowText
{
    public static string Spell(object? row) => row switch
    {
        null => "null",
        ITuple tuple => "(" + string.Join(',', Enumerable.Range(0, tuple.Length).Select(item => Spell(tuple[item]))) + ")",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => row.ToString() ?? "",
    };
}
