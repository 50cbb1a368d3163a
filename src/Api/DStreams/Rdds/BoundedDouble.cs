using System.Globalization;

namespace Millrace.DStreams.Rdds;

/// <summary>An estimate, and the range in which the value lies with some confidence.</summary>
/// <param name="Mean">The estimate.</param>
/// <param name="Confidence">How likely the value lies in the range, 0 to 1; 1 for a value that is known.</param>
/// <param name="Low">The least it may be.</param>
/// <param name="High">The most it may be; infinite where nothing is known yet.</param>
public readonly record struct BoundedDouble(double Mean, double Confidence, double Low, double High)
{
    /// <summary>A value that is known.</summary>
    public static BoundedDouble Exactly(double value) => new(value, 1, value, value);

    /// <summary>The range, as Spark prints it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Low:F3}, {High:F3}]");
}
