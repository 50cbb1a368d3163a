using Millrace.Data;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Protocol;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class JournalAuditTests
{
    private static readonly ProcessUid Writer = new(0xA1);
    private static readonly JournalStream Coordinator = JournalStream.Coordinator(1);
    private static readonly JournalStream Process = JournalStream.Process(Writer);

    private readonly MemoryJournal _journal = new(isDurable: true);

    [Fact]
    public async Task What_is_written_between_two_reads_is_no_damage()
    {
        await BeginAsync();
        var living = new LivingJournal(_journal, Process, WriteEpochAsync);

        Assert.True(await JournalAudit.VerifyAsync(living, "orders", CancellationToken.None));

        Assert.Equal(3, living.Written);
    }

    [Fact]
    public async Task A_plan_that_is_gone_is_damage_also_beside_a_writer_that_never_rests()
    {
        await BeginAsync();
        await _journal.AppendAsync(Process, 1, new JournalRows.EpochDeltas(1000, []));
        var living = new LivingJournal(_journal, JournalStream.Lease, async epoch => await _journal.AppendAsync(Coordinator, epoch + 1, Planned(epoch)), untilMax: 100);

        var damage = await Assert.ThrowsAsync<CorruptCheckpointException>(() => JournalAudit.VerifyAsync(living, "orders", CancellationToken.None));

        Assert.Contains("holds a row of epoch 1000, none found", damage.Message, StringComparison.Ordinal);
    }

    private static JournalRows.Planned Planned(long epoch) => new(new EpochPlan(epoch, [], 0, 0));

    private async Task BeginAsync()
    {
        await _journal.AppendAsync(JournalStream.Lease, 1, new JournalRows.LeaseTaken(Writer));
        await _journal.AppendAsync(Coordinator, 1, new JournalRows.Opened(1, Resumes: false));
    }

    private async Task WriteEpochAsync(long epoch)
    {
        await _journal.AppendAsync(Coordinator, epoch + 1, Planned(epoch));
        await _journal.AppendAsync(Process, epoch, new JournalRows.EpochDeltas(epoch, []));
    }

    /// <summary>Somebody writes an epoch each time a stream is read, some times.</summary>
    private sealed class LivingJournal(IJournal journal, JournalStream read, Func<long, Task> write, int untilMax = 3) : IJournal
    {
        public int Written { get; private set; }

        public bool IsDurable => true;

        public string Name => journal.Name;

        public void Append(JournalMessages.Append request, Action<JournalMessages.Appended> answer) => journal.Append(request, answer);

        public void Read(JournalMessages.Read request, Action<JournalMessages.RowsRead> answer, Action<JournalMessages.ReadFailed> fail)
        {
            if (request.Stream == read && Written < untilMax)
                Assert.True(write(++Written).IsCompletedSuccessfully);
            journal.Read(request, answer, fail);
        }

        public void Trim(JournalMessages.Trim request) => journal.Trim(request);
    }
}
