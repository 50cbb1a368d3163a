using Millrace.Client;

namespace Millrace.Runtime.Jobs;

/// <summary>Where a dead letter stands among those of a job, wherever they are held: by epoch, then by id.</summary>
internal readonly record struct LetterPlace(long Epoch, string Id) : IComparable<LetterPlace>
{
    /// <summary>Before all of them.</summary>
    public static readonly LetterPlace Start = new(-1, "");

    public static LetterPlace Of(DeadLetter letter) => new(letter.Epoch.Number, letter.Id);

    public int CompareTo(LetterPlace other) => Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : string.CompareOrdinal(Id, other.Id);
}
