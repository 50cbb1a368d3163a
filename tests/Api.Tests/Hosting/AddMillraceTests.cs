using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Millrace.Client;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.Time;

namespace Millrace.Api.Tests.Hosting;

/// <summary>Millrace as a part of a generic host.</summary>
public sealed class AddMillraceTests
{
    [Fact]
    public async Task A_job_starts_with_the_host_uses_its_services_and_drains_when_it_stops()
    {
        var words = new Words();
        words.Queue.Enqueue(["a", "b", "a"]);
        var builder = Host.CreateApplicationBuilder();
        builder.Services.AddSingleton(words);
        builder.Services.AddMillrace(configure: millrace => millrace.AddJob<WordCount>());
        using var host = builder.Build();

        await host.StartAsync();
        await words.Counted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        words.Queue.Enqueue(["c"]);
        await host.StopAsync();

        Assert.Equal(2, words.Counts["a"]);
        Assert.Equal(1, words.Counts["b"]);
        Assert.Equal(1, words.Counts["c"]);
        Assert.Empty(host.Services.GetRequiredService<MillraceHost>().Jobs);
    }

    [Fact]
    public void A_wrong_configuration_is_refused_when_it_is_added()
    {
        var services = new ServiceCollection();

        var error = Assert.Throws<ConfigurationException>(() =>
            services.AddMillrace(configure: millrace => millrace.WithHocon("millrace.epoch.intervall = 1 s")));

        Assert.Contains("did you mean millrace.epoch.interval?", error.Message, StringComparison.Ordinal);
    }

    private sealed class Words
    {
        public ConcurrentQueue<string[]> Queue { get; } = new();

        public ConcurrentDictionary<string, int> Counts { get; } = new();

        public TaskCompletionSource Counted { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class WordCount(Words words) : IStreamJob
    {
        public async Task StartAsync(IJobRunner runner, CancellationToken cancellationToken)
        {
            var context = new StreamingContext(runner, 20.Milliseconds());
            context.QueueStream(words.Queue).Map(word => (Key: word, Value: 1)).ReduceByKey((left, right) => left + right)
                .ForeachRDD(counts =>
                {
                    counts.Foreach(count => words.Counts.AddOrUpdate(count.Key, count.Value, (_, before) => before + count.Value));
                    if (!words.Counts.IsEmpty)
                        words.Counted.TrySetResult();
                });
            await context.StartAsync(cancellationToken);
        }
    }
}
