using System.Collections.Immutable;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>What the protocol relies on, of whichever durable journal.</summary>
public abstract class JournalContractTests : IAsyncLifetime
{
    private const int Rounds = 20;

    private IJournal? _journal;

    internal JournalClient Client { get; private set; } = null!;

    /// <summary>Opens the test's journal; again after a restart, or by another process.</summary>
    internal abstract Task<IJournal> OpenAsync();

    internal abstract Task CloseAsync(IJournal journal);

    public virtual async Task InitializeAsync() => Client = new(_journal = await OpenAsync());

    public virtual async Task DisposeAsync() => await CloseAsync(_journal!);

    [Fact]
    public async Task Rows_are_read_back_from_a_number_on()
    {
        Assert.Equal(AppendOutcome.Ok, await Client.Append(1, 3));

        Assert.Equal(new long[] { 2, 3 }, await Client.ReadContents(2));
        Assert.Empty(await Client.ReadContents(4));
    }

    [Fact]
    public async Task A_stream_without_rows_reads_empty() => Assert.Empty(await Client.Read(1));

    [Fact]
    public async Task Streams_do_not_share_numbers()
    {
        await Client.Append(1, 3);

        var other = await Client.Append(JournalStream.Lease, 1, [new JournalRows.LeaseTaken(new(5))]);

        Assert.Equal(AppendOutcome.Ok, other.Outcome);
        Assert.Equal(new long[] { 1, 2, 3 }, await Client.ReadContents(1));
    }

    [Fact]
    public async Task A_number_that_is_taken_or_leaves_a_gap_is_a_conflict_and_writes_nothing()
    {
        await Client.Append(1, 3);

        Assert.Equal(AppendOutcome.Conflict, await Client.Append(3, 100, 2));
        Assert.Equal(AppendOutcome.Conflict, await Client.Append(5, 100, 1));
        Assert.Equal(new long[] { 1, 2, 3 }, await Client.ReadContents(1));
        Assert.Equal(AppendOutcome.Ok, await Client.Append(4, 1));
    }

    [Fact]
    public async Task The_next_number_is_behind_what_was_written()
    {
        var appended = await Client.Append(1, new JournalRows.Sealed(1), new JournalRows.Sealed(2));

        Assert.Equal(3, appended.NextNumber);
    }

    [Fact]
    public async Task Of_two_journals_that_race_for_a_number_one_wins()
    {
        var other = await OpenAsync();
        var rival = new JournalClient(other);
        for (var round = 1; round <= Rounds; round++)
        {
            var (mine, theirs) = (Client.Append(round, by: round, 1), rival.Append(round, by: 1000 + round, 1));
            var outcomes = await Task.WhenAll(mine, theirs);

            Assert.Equal(1, outcomes.Count(outcome => outcome == AppendOutcome.Ok));
            Assert.Equal(1, outcomes.Count(outcome => outcome == AppendOutcome.Conflict));
            Assert.Equal(outcomes[0] == AppendOutcome.Ok ? round : 1000 + round, Assert.Single(await Client.ReadContents(round)));
        }

        await CloseAsync(other);
    }

    [Fact]
    public async Task After_a_restart_rows_are_there_and_numbers_go_on()
    {
        await Client.Append(1, 3);
        await RestartAsync();

        Assert.Equal(new long[] { 1, 2, 3 }, await Client.ReadContents(1));
        Assert.Equal(AppendOutcome.Conflict, await Client.Append(3, 1));
        Assert.Equal(AppendOutcome.Ok, await Client.Append(4, 1));
    }

    [Fact]
    public async Task Trimmed_rows_are_gone_and_a_read_below_begins_at_the_first_that_is_there()
    {
        await Client.Append(1, 5);
        Client.Trim(3);
        await UntilGone(3);

        Assert.Equal(new long[] { 4, 5 }, await Client.ReadContents(1));
    }

    [Fact]
    public async Task After_all_was_trimmed_and_a_restart_numbers_go_on()
    {
        await Client.Append(1, 5);
        Client.Trim(5);
        await UntilGone(5);
        await RestartAsync();

        Assert.Empty(await Client.Read(1));
        Assert.Equal(AppendOutcome.Conflict, await Client.Append(1, 1));
        Assert.Equal(AppendOutcome.Ok, await Client.Append(6, 1));
        Assert.Equal(new long[] { 6 }, await Client.ReadContents(1));
    }

    [Fact]
    public async Task A_row_larger_than_a_chunk_is_read_back_whole_and_numbers_lead_behind_it()
    {
        var large = new JournalRows.EpochDeltas(7, [new(0, 1, new EncodedDelta(RowSamples.Noise(2_500_000))), new(1, 1, null)]);

        var appended = await Client.Append(1, new JournalRows.Sealed(1), large, new JournalRows.Sealed(2));
        await RestartAsync();
        var rows = await Client.Read(1);

        Assert.Equal(AppendOutcome.Ok, appended.Outcome);
        Assert.Equal(appended.NextNumber, rows[^1].NextNumber);
        Assert.Equal(rows[0].NextNumber, rows[1].Number);
        Assert.Equal(rows[1].NextNumber, rows[2].Number);
        Assert.Equal(RowSamples.Json(large), RowSamples.Json(rows[1].Row));
        Assert.Equal(AppendOutcome.Ok, await Client.Append(appended.NextNumber, 1));
    }

    internal async Task RestartAsync()
    {
        await CloseAsync(_journal!);
        Client = new(_journal = await OpenAsync());
    }

    // Rows are deleted at any later time, and nobody is told.
    private async Task UntilGone(long number)
    {
        ImmutableArray<JournalMessages.NumberedRow> rows;
        do
            rows = await Client.Read(1);
        while (rows.Any(row => row.Number <= number));
    }
}
