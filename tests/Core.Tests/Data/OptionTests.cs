using Millrace.Data;

namespace Millrace.Core.Tests.Data;

public sealed class OptionTests
{
    [Fact]
    public void None_is_spelled_without_reading_its_value()
    {
        Assert.Equal("None", Option<int>.None.ToString());
        Assert.Equal("Some(1.5)", new Option<double>(1.5).ToString());
        Assert.Equal("Some()", new Option<string?>(null).ToString());
    }
}
