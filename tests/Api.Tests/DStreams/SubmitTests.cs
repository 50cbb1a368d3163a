using System.Collections.Concurrent;
using System.Globalization;
using Millrace.Client;
using Millrace.DStreams;

namespace Millrace.Api.Tests.DStreams;

/// <summary>Programs with a context, submitted to two nodes in one process.</summary>
public sealed class SubmitTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private readonly List<MillraceHost> _hosts = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _counted = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _ended = [];

    public async Task InitializeAsync()
    {
        for (var node = 0; node < 2; node++)
        {
            var seed = node == 0 ? "" : _hosts[0].NodeAddress;
            _hosts.Add(await MillraceHost.StartAsync(options => options
                .WithHocon(string.Create(CultureInfo.InvariantCulture, $"millrace.cluster {{ enabled = on, port = 0, seeds = \"{seed}\" }}"))
                .WithProgram("count", CountAsync)));
        }
    }

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            await host.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_host_runs_several_contexts_that_are_submitted_and_each_ends_with_its_job()
    {
        await Task.WhenAll(Submit("even"), Submit("odd")).WaitAsync(Patience);

        await Task.WhenAll(Of(_counted, "even").Task, Of(_counted, "odd").Task).WaitAsync(Patience);
        Assert.Equal(["even", "odd"], (await _hosts[1].Cluster!.ListJobsAsync()).Select(job => job.Name));
        await _hosts[1].Cluster!.StopJobAsync("even", graceful: true).WaitAsync(Patience);

        await Of(_ended, "even").Task.WaitAsync(Patience);
        Assert.False(Of(_ended, "odd").Task.IsCompleted);
        Assert.Equal(["odd"], (await _hosts[0].Cluster!.ListJobsAsync()).Select(job => job.Name));
        await _hosts[0].Cluster!.StopJobAsync("odd", graceful: false).WaitAsync(Patience);
        Assert.Empty(await _hosts[0].Cluster!.ListJobsAsync());

        Task Submit(string job) => _hosts[0].Cluster!.SubmitAsync("count", job, [_folder.FullName]);
    }

    private static TaskCompletionSource Of(ConcurrentDictionary<string, TaskCompletionSource> events, string job) =>
        events.GetOrAdd(job, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task CountAsync(IJobRunner runner, JobSubmission submission, CancellationToken cancellationToken)
    {
        await using var context = StreamingContext.GetOrCreate(Path.Combine(submission.Arguments[0], submission.Job), Create);
        await context.StartAsync(cancellationToken);
        await context.AwaitTerminationAsync(CancellationToken.None);
        Of(_ended, submission.Job).TrySetResult();

        StreamingContext Create()
        {
            var created = new StreamingContext(runner, TimeSpan.FromMilliseconds(100));
            created.RateStream(1000).Map(row => (Key: row.Value % 7, Value: 1)).ReduceByKey((left, right) => left + right).ForeachRDD((counts, _) =>
            {
                if (counts.Collect().Sum(count => count.Value) > 0)
                    Of(_counted, submission.Job).TrySetResult();
            });
            return created;
        }
    }
}
