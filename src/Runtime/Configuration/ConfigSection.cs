using System.Buffers;
using System.Globalization;
using Akka.Configuration;
using Millrace.Data;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Configuration;

/// <summary>Reads single values of the <c>millrace</c> section; every complaint names the key, what was found and what is expected.</summary>
internal sealed class ConfigSection(Config section)
{
    private static readonly (string Unit, double Milliseconds)[] Units =
        [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    private static readonly (string Unit, double Bytes)[] Sizes = [("", 1), ("KiB", 1024), ("MiB", 1024 * 1024)];

    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("-+.0123456789");

    public int Integer(string key, int minimum, int maximum)
    {
        var text = Text(key);
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) || value < minimum || value > maximum)
            throw Wrong(key, text, $"a whole number from {minimum} to {maximum}");
        return value;
    }

    /// <summary>A port, or the first and the last of several, as <c>4053-4055</c>.</summary>
    public (int First, int Last) Ports(string key)
    {
        var text = Text(key);
        var ends = text.Split('-', StringSplitOptions.TrimEntries);
        if (ends.Length <= 2
            && ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first)
            && ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out var last)
            && (first == last || (first > 0 && first < last)))
            return (first, last);
        throw Wrong(key, text, "a port from 0 to 65535, or two as in 4053-4055,");
    }

    public TimeSpan Duration(string key, TimeSpan minimum, TimeSpan maximum)
    {
        var text = Text(key);
        var digits = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        if (digits < 0)
            throw Wrong(key, text, $"a duration with its unit (ms, s, m, h, d), as '{text} ms' or '{text} s',");
        var unit = text[digits..].Trim();
        var factor = Array.Find(Units, known => known.Unit == unit).Milliseconds;
        if (factor == 0 || !double.TryParse(text.AsSpan(0, digits).Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw Wrong(key, text, "a number and a unit (ms, s, m, h, d)");
        var milliseconds = number * factor;
        if (milliseconds < minimum.TotalMilliseconds || milliseconds > maximum.TotalMilliseconds)
            throw Wrong(key, text, $"a duration from {Spell(minimum)} to {Spell(maximum)}");
        // Fractions are for delays, which may be none at all.
        if (minimum.TotalMilliseconds >= 1 && milliseconds != Math.Floor(milliseconds))
            throw Wrong(key, text, "whole milliseconds");
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>A number of bytes, bare or with a unit.</summary>
    public int Bytes(string key, int minimum, int maximum)
    {
        var text = Text(key);
        var digits = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        var unit = digits < 0 ? "" : text[digits..].Trim();
        var factor = Array.Find(Sizes, known => known.Unit == unit).Bytes;
        if (factor == 0 || !double.TryParse(text.AsSpan(0, digits < 0 ? text.Length : digits).Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            throw Wrong(key, text, "a number of bytes, or one with a unit (KiB, MiB),");
        var bytes = number * factor;
        if (bytes < minimum || bytes > maximum || bytes != Math.Floor(bytes))
            throw Wrong(key, text, string.Create(CultureInfo.InvariantCulture, $"{minimum} to {maximum} bytes"));
        return (int)bytes;
    }

    /// <summary>One of a few words.</summary>
    public T Choice<T>(string key, params (string Word, T Value)[] choices)
    {
        var text = Text(key);
        foreach (var (word, value) in choices)
        {
            if (word == text)
                return value;
        }

        throw Wrong(key, text, string.Join(" or ", choices.Select(choice => choice.Word)));
    }

    /// <summary>A list of one or more of a few words.</summary>
    public T[] Choices<T>(string key, params (string Word, T Value)[] choices)
    {
        var expected = string.Join(" or ", choices.Select(choice => choice.Word));
        T[] found = [.. section.GetStringList(key).Select(text => Array.FindIndex(choices, choice => choice.Word == text) is >= 0 and var index
            ? choices[index].Value
            : throw Wrong(key, text, $"{expected} in the list"))];
        return found.Length > 0 ? found : throw Wrong(key, "[]", $"at least one of {expected}");
    }

    /// <summary>Letters, digits and <c>-</c>.</summary>
    public string Word(string key, int lengthMax)
    {
        var text = Text(key);
        return text.Length <= lengthMax && text.All(character => char.IsAsciiLetterOrDigit(character) || character == '-')
            ? text
            : throw Wrong(key, text, $"letters, digits and -, at most {lengthMax},");
    }

    /// <summary>Text that may be empty. It may hold a secret: no complaint repeats it.</summary>
    public string OptionalText(string key) => section.GetString(key)?.Trim() ?? "";

    private static string Spell(TimeSpan duration)
    {
        var (unit, factor) = Units.Last(known => known.Unit == "ms" || (duration.TotalMilliseconds >= known.Milliseconds && duration.TotalMilliseconds % known.Milliseconds == 0));
        return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds / factor} {unit}");
    }

    private static ConfigurationException Wrong(string key, string found, string expected) =>
        new($"millrace.{key} = {UserText.OfValue(found)}: {UserText.OfValue(expected)} expected.");

    private string Text(string key)
    {
        var text = section.GetString(key)?.Trim();
        return string.IsNullOrEmpty(text)
            ? throw new ConfigurationException($"millrace.{key}: a value expected, {(text is null ? "null" : "an empty one")} found; leave the key out to have its default.")
            : text;
    }
}
