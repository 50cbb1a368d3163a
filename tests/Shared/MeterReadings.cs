using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Millrace.TestSupport;

/// <summary>What the meter <c>Millrace</c> is told of one job, in order: other tests run jobs of their own in this process. Compiled into each project that needs it.</summary>
internal sealed class MeterReadings : IDisposable
{
    private readonly ConcurrentQueue<Reading> _readings = new();
    private readonly MeterListener _listener;
    private readonly string _job;

    /// <param name="Instrument">Its name.</param>
    /// <param name="Unit">Its unit.</param>
    /// <param name="Input">The input that it is tagged with; null for none.</param>
    /// <param name="Value">What it was told.</param>
    internal sealed record Reading(string Instrument, string? Unit, string? Input, double Value);

    public MeterReadings(string job)
    {
        _job = job;
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == "Millrace")
                    self.EnableMeasurementEvents(instrument);
            },
        };
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>Those of one instrument, whose unit must be as said.</summary>
    public Reading[] Of(string instrument, string unit)
    {
        Reading[] found = [.. _readings.Where(reading => reading.Instrument == instrument)];
        Assert.All(found, reading => Assert.Equal(unit, reading.Unit));
        return found;
    }

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        string? job = null, input = null;
        foreach (var (name, tag) in tags)
            (job, input) = (name == "job" ? tag as string : job, name == "input" ? tag as string : input);
        if (job == _job)
            _readings.Enqueue(new(instrument.Name, instrument.Unit, input, value));
    }
}
