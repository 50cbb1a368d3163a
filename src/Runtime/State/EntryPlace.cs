using System.Globalization;

namespace Millrace.Runtime.State;

/// <summary>From where on entries of a table are read.</summary>
/// <param name="Partition">Of which partition.</param>
/// <param name="Partitions">Of how many: of another number they are other ones.</param>
/// <param name="Position">From which of its positions on.</param>
internal readonly record struct EntryPlace(int Partition, int Partitions, uint Position)
{
    /// <summary>Before all of them, however many partitions there are.</summary>
    public static readonly EntryPlace Start = new(0, 0, 0);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Partition}/{Partitions}:{Position:x8}");

    /// <summary>What <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out EntryPlace place)
    {
        var (slash, colon) = (text.IndexOf('/', StringComparison.Ordinal), text.IndexOf(':', StringComparison.Ordinal));
        place = default;
        if (slash < 0 || colon < slash
            || !int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)
            || !int.TryParse(text.AsSpan(slash + 1, colon - slash - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partitions)
            || !uint.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var position)
            || partition >= partitions)
        {
            return false;
        }

        place = new(partition, partitions, position);
        return true;
    }
}
