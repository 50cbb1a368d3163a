using Millrace.Data;

namespace Millrace.Core.Tests.Data;

public sealed class UserTextTests
{
    [Fact]
    public void Exceptions_come_in_one_line_whatever_they_throw_meanwhile()
    {
        Assert.Equal("FormatException: a b", UserText.Of(new FormatException("a\nb")));
        Assert.Equal("Silent: (its Message threw InvalidOperationException)", UserText.Of(new Silent()));
        Assert.StartsWith("Silent: (its Message threw InvalidOperationException)", UserText.Details(new Silent()), StringComparison.Ordinal);
        Assert.Equal(1_000 + "FormatException: …".Length, UserText.Of(new FormatException(new string('x', 5_000))).Length);
    }

    [Fact]
    public void Values_come_in_one_line_of_some_length()
    {
        Assert.Equal("null", UserText.OfValue<string?>(null));
        Assert.Equal("(1, a b)", UserText.OfValue((1, "a\r\nb")));
        Assert.Equal("abc…", UserText.OfValue("abcdef", 3));
        Assert.Equal("(its ToString threw InvalidOperationException)", UserText.OfValue(new Mute()));
    }

    private sealed class Silent : Exception
    {
        public override string Message => throw new InvalidOperationException();
    }

    private sealed class Mute
    {
        public override string ToString() => throw new InvalidOperationException();
    }
}
