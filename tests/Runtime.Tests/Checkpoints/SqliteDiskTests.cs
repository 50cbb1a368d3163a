using Microsoft.Data.Sqlite;
using Millrace.Runtime.Protocol;
using Millrace.TestServers;
using static Millrace.Runtime.Tests.Checkpoints.JournalClient;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Tests.Checkpoints;

public sealed class SqliteDiskTests : IDisposable
{
    private static readonly JournalStream Stream = JournalStream.Coordinator(1);

    private readonly SqliteFile _files = new();
    private readonly RecordingLogger _log = new();

    public void Dispose() => _files.Dispose();

    [SkippableFact]
    public async Task A_full_disk_is_named_and_the_journal_goes_on_when_space_is_free()
    {
        using var disk = new SmallDisk();
        var file = Path.Combine(disk.Folder, "journal.db");
        await using var journal = await _files.OpenAsync(logger: _log, options: _files.Options with { Target = file });
        var number = 1L;
        while ((await journal.AppendAsync(Stream, number, Large(32 * 1024))).Outcome == AppendOutcome.Ok)
            number++;
        Assert.Equal(number - 1, (await journal.ReadAllAsync(Stream)).Length);

        disk.FreeSpace();
        Assert.Equal(AppendOutcome.Ok, (await journal.AppendAsync(Stream, number, Large(32 * 1024))).Outcome);

        Assert.Equal(number, (await journal.ReadAllAsync(Stream)).Length);
        Assert.Equal(2, _log.Lines.Length);
        Assert.Contains($"{file} is full (no space on the disk); it goes on when space is free", _log.Lines[0], StringComparison.Ordinal);
        Assert.Matches("^Warning: .+ works again, the job goes on after .+ s$", _log.Lines[1]);
    }

    [SkippableFact]
    public async Task A_file_that_can_not_be_written_is_refused_when_it_is_opened()
    {
        using var disk = new SmallDisk();
        var options = _files.Options with { Target = Path.Combine(disk.Folder, "journal.db") };
        await using (var journal = await _files.OpenAsync(options: options))
            await journal.AppendAsync(Stream, 1, Row(1));
        while (!disk.TryMakeReadOnly())
        {
            // A query of the plug-in that was under way when its journal closed may hand back a connection late.
            SqliteConnection.ClearAllPools();
        }

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => _files.OpenAsync(options: options));

        Assert.Matches("is read-only; make the file and its directory writable|can't be opened", failure.Message);
    }
}
