using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Millrace.Data;

namespace Millrace.Runtime.State;

/// <summary>Keys and values of state as text, the same in every culture, and keys of their text.</summary>
internal static class StateText
{
    private const int LengthMax = 4000;
    private const int DepthMax = 16;
    private const string Null = "null";

    /// <summary>At most 4,000 characters of it, in one line.</summary>
    public static string Of(object? value) => UserText.OfValue(new Text(value), LengthMax);

    /// <summary>The key of a text: what can be made of one are strings, numbers, times and what else says so itself (<see cref="IParsable{TSelf}"/>), enumerations, and tuples of these.</summary>
    /// <exception cref="ConfigurationException">It is none, or the type has none; in one line.</exception>
    public static TKey KeyOf<TKey>(string text)
    {
        try
        {
            return (TKey)Read(typeof(TKey), text)!;
        }
        catch (FormatException cause)
        {
            throw new ConfigurationException($"a key of type {TypeName(typeof(TKey))} expected, '{UserText.OfValue(text, 100)}' found{(IsTuple(typeof(TKey)) ? "; a tuple is written as (a, b), and its texts hold no comma" : "")}", cause);
        }
    }

    private static string TypeName(Type type) => Serialization.CodecCatalog.Name(type);

    private static bool IsTuple(Type type) => type.IsValueType && typeof(ITuple).IsAssignableFrom(type);

    private static object? Read(Type type, string text)
    {
        if (type == typeof(string))
            return text;
        if (type == typeof(TextSlice))
            return new TextSlice(text);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return text == Null ? null : Read(underlying, text);
        if (type.IsEnum)
            return Enum.TryParse(type, text, out var constant) ? constant : throw new FormatException();
        if (IsTuple(type))
            return ReadTuple(type, text);
        if (!Array.Exists(type.GetInterfaces(), known => known.IsGenericType && known.GetGenericTypeDefinition() == typeof(IParsable<>) && known.GenericTypeArguments[0] == type))
            throw new ConfigurationException($"a key of a type that has a text (string, number, time, enumeration, tuple of these, IParsable) expected, {TypeName(type)} found; read it in the program, by IJob.StateOf");
        var parse = typeof(StateText).GetMethod(nameof(Parse), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.MakeGenericMethod(type);
        return parse.CreateDelegate<Func<string, object>>()(text);
    }

    private static object Parse<T>(string text)
        where T : IParsable<T> => T.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw new FormatException();

    private static object ReadTuple(Type type, string text)
    {
        var types = type.GetGenericArguments();
        if (text is not ['(', .. var inner, ')'] || types.Length > 7)
            throw new FormatException();
        var items = inner.Split(',', StringSplitOptions.TrimEntries);
        return items.Length == types.Length
            ? Activator.CreateInstance(type, [.. types.Zip(items, Read)])!
            : throw new FormatException();
    }

    /// <summary>Has its text where its length is cut, and what it throws is caught.</summary>
    private sealed record Text(object? Value)
    {
        public override string ToString() => Append(new StringBuilder(), Value, 0).ToString();

        private static StringBuilder Append(StringBuilder text, object? value, int depth) => value switch
        {
            null => text.Append(Null),
            _ when depth > DepthMax => text.Append('…'),
            string one => text.Append(one),
            DateTime time => text.Append(time.ToString("O", CultureInfo.InvariantCulture)),
            DateTimeOffset time => text.Append(time.ToString("O", CultureInfo.InvariantCulture)),
            TimeOnly time => text.Append(time.ToString("O", CultureInfo.InvariantCulture)),
            IFormattable number => text.Append(number.ToString(null, CultureInfo.InvariantCulture)),
            ITuple tuple when IsTuple(tuple.GetType()) => AppendAll(text.Append('('), Enumerable.Range(0, tuple.Length).Select(item => tuple[item]), depth).Append(')'),
            byte[] bytes => text.Append(Convert.ToHexStringLower(bytes.AsSpan(0, Math.Min(bytes.Length, LengthMax)))),
            IEnumerable items => AppendAll(text.Append('['), items.Cast<object?>(), depth).Append(']'),
            _ => text.Append(value),
        };

        private static StringBuilder AppendAll(StringBuilder text, IEnumerable<object?> items, int depth)
        {
            var start = text.Length;
            foreach (var item in items)
            {
                if (text.Length > LengthMax)
                    break;
                Append(text.Length > start ? text.Append(", ") : text, item, depth + 1);
            }

            return text;
        }
    }
}
