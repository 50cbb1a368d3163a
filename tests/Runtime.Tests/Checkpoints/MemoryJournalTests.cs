using System.Collections.Immutable;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class MemoryJournalTests
{
    private static readonly JournalStream Stream = JournalStream.Coordinator(1);

    private readonly MemoryJournal _journal = new();

    [Fact]
    public void Rows_are_read_back_from_a_number_on()
    {
        Append(1, 3);

        Assert.Equal([2, 3], Read(2)!.Select(row => ((JournalRows.Sealed)row).By));
        Assert.Empty(Read(4)!);
    }

    [Fact]
    public void A_number_that_is_taken_or_leaves_a_gap_is_a_conflict_and_writes_nothing()
    {
        Append(1, 3);

        Assert.Equal(AppendOutcome.Conflict, Append(3, 1));
        Assert.Equal(AppendOutcome.Conflict, Append(5, 1));
        Assert.Equal(3, Read(1)!.Count);
        Assert.Equal(AppendOutcome.Ok, Append(4, 1));
    }

    [Fact]
    public void Of_many_that_race_for_a_number_one_wins()
    {
        var won = 0;

        Parallel.For(0, 64, _ => Interlocked.Add(ref won, Append(1, 1) == AppendOutcome.Ok ? 1 : 0));

        Assert.Equal(1, won);
    }

    [Fact]
    public void Old_rows_are_given_up_and_a_read_that_reaches_below_them_fails()
    {
        for (var number = 1; number <= 3000; number++)
            Append(number, 1);

        Assert.Equal(1024, Read(3000 - 1023)!.Count);
        Assert.Null(Read(3000 - 1024));
        Assert.Null(Read(1));
    }

    [Fact]
    public void A_stream_without_rows_reads_empty() => Assert.Empty(Read(1)!);

    private AppendOutcome Append(long first, int count)
    {
        AppendOutcome? outcome = null;
        ImmutableArray<JournalRows.Row> rows = [.. Enumerable.Range(0, count).Select(row => new JournalRows.Sealed(first + row))];
        _journal.Append(new(Stream, first, rows), answer => outcome = answer.Outcome);
        return outcome!.Value;
    }

    private IReadOnlyList<JournalRows.Row>? Read(long from)
    {
        IReadOnlyList<JournalRows.Row>? rows = null;
        _journal.Read(new(Stream, from, 7), answer => rows = [.. answer.Rows.Select(row => row.Row)], _ => { });
        return rows;
    }
}
