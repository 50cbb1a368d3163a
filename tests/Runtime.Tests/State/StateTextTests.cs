using System.Globalization;
using Millrace.Data;
using Millrace.Runtime.State;

namespace Millrace.Runtime.Tests.State;

public sealed class StateTextTests
{
    private enum Colour
    {
        Red = 1,
        Green = 2,
    }

    private sealed record Place(string Town, int Number);

    [Fact]
    public void A_key_is_read_from_the_text_that_it_is_shown_as_in_every_culture()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            var commas = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            (commas.NumberFormat.NumberDecimalSeparator, commas.DateTimeFormat.DateSeparator) = (",", "-");
            foreach (var culture in new[] { CultureInfo.InvariantCulture, commas })
            {
                CultureInfo.CurrentCulture = culture;
                ComesBack("a, b");
                ComesBack("");
                ComesBack(-7);
                ComesBack(ulong.MaxValue);
                ComesBack(1.5);
                ComesBack(-1.25m);
                ComesBack(true);
                ComesBack('x');
                ComesBack(Colour.Green);
                ComesBack<int?>(7);
                ComesBack<int?>(null);
                ComesBack(Guid.NewGuid());
                ComesBack(new DateTime(2026, 11, 28, 1, 2, 3, 4, DateTimeKind.Utc).AddTicks(5));
                ComesBack(new DateTimeOffset(2026, 11, 28, 1, 2, 3, TimeSpan.FromHours(2)));
                ComesBack(new DateOnly(2026, 11, 28));
                ComesBack(new TimeOnly(1, 2, 3, 4));
                ComesBack(TimeSpan.FromMilliseconds(1234.5));
                ComesBack(("a", 1));
                ComesBack((1.5, Colour.Red, (long?)null));
                ComesBack(new TextSlice("a b"));
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }

        static void ComesBack<TKey>(TKey key)
        {
            var read = StateText.KeyOf<TKey>(StateText.Of(key));
            Assert.Equal(key, read is DateTime time ? (TKey)(object)time.ToUniversalTime() : read);
        }
    }

    [Fact]
    public void A_text_that_is_no_key_is_refused_in_one_line_that_names_the_type()
    {
        Refused<int>("seven", "a key of type Int32 expected, 'seven' found");
        Refused<int>("", "a key of type Int32 expected, '' found");
        Refused<Colour>("Blue", "a key of type Colour expected, 'Blue' found");
        Refused<(string, int)>("(a, b, 1)", "a key of type ValueTuple<String, Int32> expected, '(a, b, 1)' found; a tuple is written as (a, b), and its texts hold no comma");
        Refused<(string, int)>("a", "a key of type ValueTuple<String, Int32> expected, 'a' found; a tuple is written as (a, b), and its texts hold no comma");
        Refused<Place>("Place { Town = a, Number = 1 }", "a key of a type that has a text (string, number, time, enumeration, tuple of these, IParsable) expected, Place found; read it in the program, by IJob.StateOf");
        Refused<byte[]>("00", "a key of a type that has a text (string, number, time, enumeration, tuple of these, IParsable) expected, Byte[] found; read it in the program, by IJob.StateOf");

        static void Refused<TKey>(string text, string line) => Assert.Equal(line, Assert.Throws<ConfigurationException>(() => StateText.KeyOf<TKey>(text)).Message);
    }

    [Fact]
    public void Values_have_a_text_of_one_line_and_of_bounded_length()
    {
        Assert.Equal("null", StateText.Of(null));
        Assert.Equal("[1, 2, 3]", StateText.Of(new[] { 1, 2, 3 }));
        Assert.Equal("[(a, 1.5)]", StateText.Of(new List<(string, double)> { ("a", 1.5) }));
        Assert.Equal("a b", StateText.Of("a\nb"));
        Assert.Equal("01ff", StateText.Of(new byte[] { 1, 255 }));
        Assert.Equal("Place { Town = a, Number = 1 }", StateText.Of(new Place("a", 1)));
        Assert.Equal(4001, StateText.Of(new string('x', 10_000)).Length);
        Assert.Equal(4001, StateText.Of(Enumerable.Range(0, int.MaxValue)).Length);
        var inItself = new List<object>();
        inItself.Add(inItself);
        Assert.Contains("…", StateText.Of(inItself), StringComparison.Ordinal);
        Assert.Equal("(its ToString threw FormatException)", StateText.Of(new Thrower()));
    }

    private sealed class Thrower
    {
        public override string ToString() => throw new FormatException();
    }
}
