using System.Reflection;
using Akka.Actor;
using Millrace.Runtime.Checkpoints;
using Millrace.Runtime.Configuration;
using Millrace.Runtime.Protocol;
using ConfigurationException = Millrace.Data.ConfigurationException;

namespace Millrace.Runtime.Tests.Checkpoints;

/// <summary>The journal on a real PostgreSQL: the contract of every journal, and what its failures look like.</summary>
public sealed class PostgreSqlJournalTests(PostgreSqlServer server) : IClassFixture<PostgreSqlServer>, IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("host");
    private readonly RecordingLogger _log = new();

    // Each test has a job, and so streams, of its own in the one database.
    private readonly string _job = Guid.NewGuid().ToString("N");

    public static TheoryData<string> Contract =>
        [.. typeof(JournalContractTests).GetMethods().Where(method => method.GetCustomAttribute<FactAttribute>() is not null).Select(method => method.Name)];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [PostgreSqlTheory]
    [MemberData(nameof(Contract))]
    public async Task The_contract_of_journals_holds(string behaviour)
    {
        var contract = new OnPostgreSql(async () => await OpenAsync());
        await contract.InitializeAsync();

        await (Task)typeof(JournalContractTests).GetMethod(behaviour)!.Invoke(contract, null)!;

        await contract.DisposeAsync();
    }

    [PostgreSqlFact]
    public async Task No_row_is_lost_or_doubled_when_the_server_crashes_while_appending()
    {
        await using var journal = await OpenAsync();
        var client = new JournalClient(journal);
        await client.Append(1, 1);
        var appending = AppendAllAsync(client, last: 300);
        while ((await client.Read(1)).Length < 50)
            Assert.False(appending.IsFaulted);

        server.StopAtOnce();
        server.Start();
        await appending;

        Assert.Equal(Enumerable.Range(1, 300).Select(number => (long)number), await client.ReadContents(1));
        Assert.Equal(2, _log.Lines.Count);
        Assert.StartsWith("Warning: ", _log.Lines[0], StringComparison.Ordinal);
        Assert.StartsWith("Information: ", _log.Lines[1], StringComparison.Ordinal);
        Assert.All(_log.Lines, line => Assert.DoesNotContain("secret", line, StringComparison.Ordinal));
    }

    [PostgreSqlFact]
    public async Task A_database_that_does_not_exist_is_refused_without_the_password()
    {
        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => OpenAsync(";Database=nowhere"));

        Assert.Contains("/nowhere does not exist on the server; create it or correct its name", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [PostgreSqlFact]
    public async Task A_permission_that_was_revoked_is_named_and_appends_go_on_when_it_is_granted()
    {
        await using var journal = await OpenAsync();
        server.Sql($"CREATE ROLE clerk LOGIN; GRANT SELECT, INSERT, UPDATE, DELETE ON {SqlDatabase.Table} TO clerk; GRANT USAGE ON {SqlDatabase.Table}_ordering_seq TO clerk");
        await using var clerk = await OpenAsync(";Username=clerk;Database=postgres");
        var client = new JournalClient(clerk);
        Assert.Equal(AppendOutcome.Ok, await client.Append(1, 1));

        server.Sql($"REVOKE INSERT ON {SqlDatabase.Table} FROM clerk");
        var refused = await client.Append(2, 1);
        server.Sql($"GRANT INSERT ON {SqlDatabase.Table} TO clerk");

        Assert.Equal((AppendOutcome.Unknown, AppendOutcome.Ok), (refused, await client.Append(2, 1)));
        Assert.Contains("denies the permission; grant ", _log.Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_connection_is_one_line_without_the_password()
    {
        var options = new SqlJournalOptions { Kind = JournalKind.PostgreSql, Target = "Host=127.0.0.1;Port=1;Username=me;Password=secret" };

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => SqlJournal.OpenAsync(_system, options, _job, _log, CancellationToken.None));

        Assert.Contains("PostgreSQL 127.0.0.1:1/me can't be reached (ConnectionRefused); start the server", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Host=x;Pasword=secret")]
    [InlineData("Host=x;Port=secret")]
    [InlineData("secret")]
    public async Task A_connection_string_that_is_none_is_refused_without_its_text(string text)
    {
        var options = new SqlJournalOptions { Kind = JournalKind.PostgreSql, Target = text };

        var failure = await Assert.ThrowsAsync<ConfigurationException>(() => SqlJournal.OpenAsync(_system, options, _job, _log, CancellationToken.None));

        Assert.StartsWith("millrace.journal.connection-string: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.ToString(), StringComparison.Ordinal);
    }

    private Task<SqlJournal> OpenAsync(string more = "") => SqlJournal.OpenAsync(
        _system, new() { Kind = JournalKind.PostgreSql, Target = server.ConnectionString + more }, _job, _log, CancellationToken.None);

    // As the protocol does: what is not known is read, and written again if it is not there.
    private static async Task AppendAllAsync(JournalClient client, long last)
    {
        for (var number = 2L; number <= last; number++)
        {
            while (await client.Append(number, 1) != AppendOutcome.Ok)
            {
                var found = await client.TryReadContents(number);
                if (found?.Any() == true)
                    break;
            }
        }
    }

#pragma warning disable xUnit1000 // Run by the theory above, so that it is skipped where there is no server.
    private sealed class OnPostgreSql(Func<Task<IJournal>> open) : JournalContractTests
    {
        internal override Task<IJournal> OpenAsync() => open();

        internal override async Task CloseAsync(IJournal journal) => await ((SqlJournal)journal).DisposeAsync();
    }
#pragma warning restore xUnit1000
}
