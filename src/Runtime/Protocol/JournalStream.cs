using System.Globalization;

namespace Millrace.Runtime.Protocol;

/// <summary>Name of a journal stream of one job, or of a cluster.</summary>
/// <remarks>
/// <c>lease</c>: one row per takeover; the compare-and-set of the whole design. <c>c{incarnation}</c>: what that coordinator
/// decided. <c>p{uid}</c>: what that process proposes. <c>s{uid}</c>: images of tasks that it wrote.
/// <c>jobs</c>, which no job has: what was submitted to a cluster. Rows are numbered from 1 without a gap.
/// </remarks>
internal readonly record struct JournalStream(char Kind, ulong Id)
{
    public static JournalStream Lease => new('l', 0);

    public static JournalStream Jobs => new('j', 0);

    public static JournalStream Coordinator(long incarnation) => new('c', (ulong)incarnation);

    public static JournalStream Process(ProcessUid uid) => new('p', uid.Value);

    public static JournalStream Snapshots(ProcessUid uid) => new('s', uid.Value);

    public override string ToString() => Kind switch
    {
        'l' => "lease",
        'j' => "jobs",
        'c' => string.Create(CultureInfo.InvariantCulture, $"c{Id}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Kind}{Id:x16}"),
    };
}
