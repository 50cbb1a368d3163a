using System.Globalization;

namespace Millrace.Chaos.Processes;

/// <summary>What the lines of the victims say: which epochs are planned and not committed, and whether the present process has recovered.</summary>
/// <remarks>
/// The lines are <c>started</c>, once the program runs; <c>planned TIME RECORDS</c> and <c>committed TIME RECORDS</c>, for an epoch by its batch
/// time; <c>ended</c>, when all input is committed. An epoch whose process died is in flight until a later one says that it, or one behind it,
/// is committed. Not thread-safe.
/// </remarks>
internal sealed class EpochTracker
{
    private readonly SortedSet<long> _inFlight = [];

    /// <summary>Planned and not committed.</summary>
    public bool HasEpochInFlight => _inFlight.Count > 0;

    /// <summary>Whether the present process runs the program.</summary>
    public bool HasStarted { get; private set; }

    /// <summary>Whether the present process has committed an epoch that holds records.</summary>
    public bool HasRecovered { get; private set; }

    /// <summary>Whether the present process has come to the end of the input.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Lines that say that an epoch is planned, of all processes.</summary>
    public long Planned { get; private set; }

    /// <summary>A new process starts.</summary>
    public void BeginProcess() => (HasStarted, HasRecovered, HasEnded) = (false, false, false);

    /// <summary>Takes a line; other lines say nothing.</summary>
    public void Take(string line)
    {
        switch (line.Split(' '))
        {
            case ["started"]:
                HasStarted = true;
                break;
            case ["planned", var time, _]:
                _inFlight.Add(Number(time));
                Planned++;
                break;
            case ["committed", var time, var records]:
                // Epochs commit in order, so those before are committed too, whoever was killed before he could say so.
                _inFlight.RemoveWhere(epoch => epoch <= Number(time));
                HasRecovered |= Number(records) > 0;
                break;
            case ["ended"]:
                HasEnded = true;
                break;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
