using Millrace.Data;

namespace Millrace.Core.Tests.Data;

internal static class TextSliceSequenceExtensions
{
    internal static List<string> ToStrings(this TextSliceSequence slices)
    {
        var strings = new List<string>();
        foreach (var slice in slices)
        {
            strings.Add(slice.ToString());
        }

        return strings;
    }
}
