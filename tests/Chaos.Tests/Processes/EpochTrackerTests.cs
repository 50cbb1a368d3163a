using Millrace.Chaos.Processes;

namespace Millrace.Chaos.Tests.Processes;

public sealed class EpochTrackerTests
{
    private readonly EpochTracker _epochs = new();

    [Fact]
    public void An_epoch_is_in_flight_from_its_plan_to_its_commit()
    {
        _epochs.Take("planned 100 7");
        Assert.True(_epochs.HasEpochInFlight);

        _epochs.Take("committed 100 7");
        Assert.False(_epochs.HasEpochInFlight);
    }

    [Fact]
    public void An_epoch_of_a_killed_process_stays_in_flight_until_one_behind_it_is_committed()
    {
        _epochs.Take("planned 100 7");
        _epochs.BeginProcess();
        Assert.True(_epochs.HasEpochInFlight);

        _epochs.Take("committed 200 3");
        Assert.False(_epochs.HasEpochInFlight);
    }

    [Fact]
    public void A_commit_without_records_is_no_recovery()
    {
        _epochs.Take("committed 100 0");
        Assert.False(_epochs.HasRecovered);

        _epochs.Take("committed 200 1");
        Assert.True(_epochs.HasRecovered);
    }

    [Fact]
    public void A_new_process_has_neither_started_nor_recovered()
    {
        _epochs.Take("started");
        _epochs.Take("committed 100 1");

        _epochs.BeginProcess();

        Assert.False(_epochs.HasStarted || _epochs.HasRecovered);
    }

    [Fact]
    public void Other_lines_say_nothing()
    {
        _epochs.Take("warn: a source has no connection");

        Assert.False(_epochs.HasStarted || _epochs.HasEpochInFlight || _epochs.HasEnded);
    }
}
