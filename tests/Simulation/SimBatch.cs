using Millrace.Runtime.Protocol;

namespace Millrace.Simulation;

/// <summary>Runs many seeds, on all cores; each run is single-threaded.</summary>
internal sealed class SimBatch(ulong first, long count, ProtocolFaults faults = ProtocolFaults.None, bool stopsAtFirst = false)
{
    private readonly Lock _gate = new();
    private readonly List<(ulong Seed, string Message)> _violations = [];
    private long _next = -1;
    private long _done;

    public SimCounters Counters { get; } = new();

    public long Runs => _done;

    /// <summary>By seed.</summary>
    public IReadOnlyList<(ulong Seed, string Message)> Violations => _violations;

    public void Run(TimeSpan? limit = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        var threads = new Thread[Math.Max(1, Environment.ProcessorCount)];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() => Work(started, limit));
            threads[i].Start();
        }

        foreach (var thread in threads)
        {
            thread.Join();
        }

        _violations.Sort((a, b) => a.Seed.CompareTo(b.Seed));
    }

    /// <summary>One run.</summary>
    /// <returns>What is wrong; null: nothing.</returns>
    public static string? RunOne(ulong seed, ProtocolFaults faults, out SimCluster cluster, Action<string>? trace = null)
    {
        cluster = new SimCluster(seed, faults, trace: trace);
        try
        {
            cluster.Run();
            return null;
        }
        catch (ViolationException violation)
        {
            return violation.Message;
        }
        catch (Exception failure) when (failure is InvalidOperationException or NullReferenceException or IndexOutOfRangeException or ArgumentException)
        {
            return $"The protocol threw {failure}";
        }
    }

    private void Work(long started, TimeSpan? limit)
    {
        var counters = new SimCounters();
        while (Interlocked.Increment(ref _next) is var index && index < count)
        {
            if (limit is { } most && TimeProvider.System.GetElapsedTime(started) > most)
            {
                break;
            }

            var seed = first + (ulong)index;
            var message = RunOne(seed, faults, out var cluster);
            counters.Add(cluster.Counters);
            Interlocked.Increment(ref _done);
            if (message is not null)
            {
                lock (_gate)
                {
                    _violations.Add((seed, message));
                }

                if (stopsAtFirst)
                {
                    Interlocked.Add(ref _next, count);
                }
            }
        }

        lock (_gate)
        {
            Counters.Add(counters);
        }
    }
}
