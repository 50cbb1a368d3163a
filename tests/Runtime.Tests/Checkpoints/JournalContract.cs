using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;
using static Millrace.Runtime.Tests.Checkpoints.JournalClient;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>What every durable journal does.</summary>
public abstract class JournalContract
{
    private protected static readonly JournalStream Stream = JournalStream.Coordinator(1);

    private readonly string _job = $"job {Guid.NewGuid():N}/ä";

    [SkippableFact]
    public async Task Rows_are_read_back_from_a_number_on()
    {
        await using var open = await OpenAsync(_job);

        var appended = await open.Journal.AppendAsync(Stream, 1, Row(1), Row(2), Row(3));

        Assert.Equal((AppendOutcome.Ok, 4), (appended.Outcome, appended.NextNumber));
        Assert.Equal([new(2, 3, Row(2)), new(3, 4, Row(3))], await open.Journal.ReadAllAsync(Stream, 2));
        Assert.Empty(await open.Journal.ReadAllAsync(Stream, 4));
    }

    [SkippableFact]
    public async Task Rows_of_several_megabytes_come_back_between_small_ones_and_the_next_number_is_behind_them()
    {
        await using var open = await OpenAsync(_job);
        int[] sizes = [0, 3_000_000, 1_000_000];

        var appended = await open.Journal.AppendAsync(Stream, 1, Row(1), Large(sizes[0]), Large(sizes[1]), Row(2), Large(sizes[2]));

        var rows = await open.Journal.ReadAllAsync(Stream);
        Assert.Equal(appended.NextNumber, rows[^1].NextNumber);
        Assert.Equal(rows.Skip(1).Select(row => row.Number), rows.SkipLast(1).Select(row => row.NextNumber));
        Assert.Equal([Row(1), Row(2)], rows.Select(row => row.Row).OfType<JournalRows.Sealed>());
        Assert.Equal(sizes.Select(Pattern), rows.Select(row => row.Row).OfType<JournalRows.TaskImage>().Select(image => ((EncodedDelta)image.Image!).Bytes.ToArray()));
        Assert.Equal(AppendOutcome.Ok, (await open.Journal.AppendAsync(Stream, appended.NextNumber, Row(3))).Outcome);
    }

    [SkippableFact]
    public async Task A_stream_without_rows_reads_empty()
    {
        await using var open = await OpenAsync(_job);

        Assert.Empty(await open.Journal.ReadAllAsync(Stream));
    }

    [SkippableFact]
    public async Task A_number_that_is_taken_or_leaves_a_gap_is_a_conflict_and_writes_nothing()
    {
        await using var open = await OpenAsync(_job);
        await open.Journal.AppendAsync(Stream, 1, Row(1), Row(2), Row(3));

        Assert.Equal(AppendOutcome.Conflict, (await open.Journal.AppendAsync(Stream, 3, Row(4))).Outcome);
        Assert.Equal(AppendOutcome.Conflict, (await open.Journal.AppendAsync(Stream, 5, Row(5))).Outcome);

        Assert.Equal([Row(1), Row(2), Row(3)], (await open.Journal.ReadAllAsync(Stream)).Select(row => row.Row));
        Assert.Equal(AppendOutcome.Ok, (await open.Journal.AppendAsync(Stream, 4, Row(6))).Outcome);
    }

    [SkippableFact]
    public async Task Streams_and_jobs_do_not_see_each_other()
    {
        await using var open = await OpenAsync(_job);
        await using var other = await OpenAsync(_job + "/c1");
        await open.Journal.AppendAsync(Stream, 1, Row(1));

        Assert.Equal(AppendOutcome.Ok, (await open.Journal.AppendAsync(JournalStream.Lease, 1, Row(2))).Outcome);
        Assert.Equal(AppendOutcome.Ok, (await other.Journal.AppendAsync(Stream, 1, Row(3))).Outcome);
        Assert.Equal([Row(1)], (await open.Journal.ReadAllAsync(Stream)).Select(row => row.Row));
    }

    [SkippableFact]
    public async Task Rows_are_gone_after_a_trim_and_the_next_number_goes_on_also_after_a_restart()
    {
        await using (var open = await OpenAsync(_job))
        {
            await open.Journal.AppendAsync(Stream, 1, Row(1), Row(2), Row(3));
            await TrimAsync(open.Journal, 2, 1);
            Assert.Equal([new(3, 4, Row(3))], await open.Journal.ReadAllAsync(Stream));

            await TrimAsync(open.Journal, 3, 0);
            Assert.Equal(AppendOutcome.Conflict, (await open.Journal.AppendAsync(Stream, 3, Row(9))).Outcome);
        }

        await using var again = await OpenAsync(_job);
        Assert.Empty(await again.Journal.ReadAllAsync(Stream));
        Assert.Equal(AppendOutcome.Conflict, (await again.Journal.AppendAsync(Stream, 1, Row(9))).Outcome);
        Assert.Equal(AppendOutcome.Conflict, (await again.Journal.AppendAsync(Stream, 3, Row(9))).Outcome);
        Assert.Equal(AppendOutcome.Ok, (await again.Journal.AppendAsync(Stream, 4, Row(4))).Outcome);
    }

    [SkippableFact]
    public async Task A_trim_behind_the_last_row_loses_track_of_nothing()
    {
        await using var open = await OpenAsync(_job);
        await open.Journal.AppendAsync(Stream, 1, Row(1), Row(2));

        await TrimAsync(open.Journal, 100, 0);

        Assert.Equal(AppendOutcome.Ok, (await open.Journal.AppendAsync(Stream, 3, Row(3))).Outcome);
        Assert.Equal([new(3, 4, Row(3))], await open.Journal.ReadAllAsync(Stream));
    }

    [SkippableFact]
    public async Task A_restart_finds_the_rows_and_goes_on_behind_them()
    {
        await using (var open = await OpenAsync(_job))
            await open.Journal.AppendAsync(Stream, 1, Row(1), Row(2));

        await using var again = await OpenAsync(_job);

        Assert.Equal([Row(1), Row(2)], (await again.Journal.ReadAllAsync(Stream)).Select(row => row.Row));
        Assert.Equal(AppendOutcome.Conflict, (await again.Journal.AppendAsync(Stream, 2, Row(3))).Outcome);
        Assert.Equal(AppendOutcome.Ok, (await again.Journal.AppendAsync(Stream, 3, Row(3))).Outcome);
    }

    [SkippableFact]
    public async Task Of_two_journals_that_race_for_a_number_exactly_one_wins()
    {
        await using var left = await OpenAsync(_job);
        await using var right = await OpenAsync(_job);
        for (var round = 1; round <= 20; round++)
        {
            var outcomes = await Task.WhenAll(
                left.Journal.AppendAsync(Stream, round, Row(-round)), right.Journal.AppendAsync(Stream, round, Row(round)));

            Assert.Equal([AppendOutcome.Ok, AppendOutcome.Conflict], outcomes.Select(appended => appended.Outcome).Order());
        }

        Assert.Equal(20, (await left.Journal.ReadAllAsync(Stream)).Length);
    }

    [SkippableFact]
    public async Task A_number_behind_rows_of_another_journal_can_be_taken()
    {
        await using var left = await OpenAsync(_job);
        await using var right = await OpenAsync(_job);
        await left.Journal.AppendAsync(Stream, 1, Row(1));
        await right.Journal.AppendAsync(Stream, 2, Row(2), Row(3));

        Assert.Equal(AppendOutcome.Ok, (await left.Journal.AppendAsync(Stream, 4, Row(4))).Outcome);
    }

    [SkippableFact]
    public async Task Appends_of_many_streams_at_once_are_all_written()
    {
        await using var open = await OpenAsync(_job);
        var streams = Enumerable.Range(1, 50).Select(id => JournalStream.Coordinator(id)).ToArray();

        var outcomes = await Task.WhenAll(streams.SelectMany(stream => Enumerable.Range(1, 4).Select(number => open.Journal.AppendAsync(stream, number, Row(number)))));

        Assert.All(outcomes, appended => Assert.Equal(AppendOutcome.Ok, appended.Outcome));
        foreach (var stream in streams)
            Assert.Equal([Row(1), Row(2), Row(3), Row(4)], (await open.Journal.ReadAllAsync(stream)).Select(row => row.Row));
    }

    private protected abstract Task<OpenJournal> OpenAsync(string job);

    // A trim is not answered: what can be waited for is its effect.
    private protected static async Task TrimAsync(IJournal journal, long through, int rowsLeft)
    {
        journal.Trim(new(Stream, through));
        while ((await journal.ReadAllAsync(Stream)).Length != rowsLeft)
        {
            // Each read is answered by the database.
        }
    }
}
