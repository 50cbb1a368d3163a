using Millrace.Serialization;

namespace Millrace.Time;

/// <summary>Merges the watermarks of a task's input channels: the minimum over the channels that are neither idle nor ended.</summary>
/// <remarks>
/// The merged watermark never goes back. No such channel: it stays where it is, until every channel has ended (<see cref="Watermark.Maximum"/>).
/// </remarks>
public sealed class WatermarkMerger
{
    private readonly Watermark[] _channels;
    private readonly bool[] _idle;

    public WatermarkMerger(int channels)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(channels);
        _channels = new Watermark[channels];
        Array.Fill(_channels, Watermark.Minimum);
        _idle = new bool[channels];
    }

    /// <summary>The number of channels.</summary>
    public int Channels => _channels.Length;

    /// <summary>The merged watermark.</summary>
    public Watermark Current { get; private set; } = Watermark.Minimum;

    /// <summary>Whether every channel is idle.</summary>
    public bool IsIdle => Array.TrueForAll(_idle, static idle => idle) && _idle.Length > 0;

    /// <summary>What the merger knows now, for <see cref="Restore(WatermarkMerger)"/>: watermarks and idleness roll back with their epoch.</summary>
    public WatermarkMerger Copy()
    {
        var copy = new WatermarkMerger(_channels.Length);
        copy.Restore(this);
        return copy;
    }

    /// <summary>Knows again what <paramref name="copy"/> knows.</summary>
    public void Restore(WatermarkMerger copy)
    {
        ArgumentNullException.ThrowIfNull(copy);
        copy._channels.CopyTo(_channels, 0);
        copy._idle.CopyTo(_idle, 0);
        Current = copy.Current;
    }

    /// <summary>Writes what the merger knows, for <see cref="Restore(ref CodecReader)"/>.</summary>
    public void Write(CodecWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteFixed64((ulong)Current.TimestampMs);
        writer.WriteVarint((ulong)_channels.Length);
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            writer.WriteFixed64((ulong)_channels[channel].TimestampMs);
            writer.WriteByte(_idle[channel] ? (byte)1 : (byte)0);
        }
    }

    /// <summary>Knows again what a merger of as many channels wrote.</summary>
    /// <exception cref="CorruptPayloadException">It had another number of channels.</exception>
    public void Restore(ref CodecReader reader)
    {
        Current = new((long)reader.ReadFixed64());
        var channels = reader.ReadLength();
        if (channels != _channels.Length)
            throw new CorruptPayloadException($"Watermarks of {_channels.Length} channels expected, of {channels} found.");
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            _channels[channel] = new((long)reader.ReadFixed64());
            _idle[channel] = reader.ReadByte() != 0;
        }
    }

    /// <summary>Takes a channel's watermark, which also makes it active. True when the merged one moved.</summary>
    public bool Advance(int channel, Watermark watermark)
    {
        _idle[channel] = false;
        if (watermark > _channels[channel])
            _channels[channel] = watermark;
        return Merge();
    }

    /// <summary>Leaves a channel out of the minimum until its next watermark. True when the merged one moved.</summary>
    public bool SetIdle(int channel)
    {
        _idle[channel] = true;
        return Merge();
    }

    private bool Merge()
    {
        var minimum = Watermark.Maximum;
        var idle = false;
        for (var channel = 0; channel < _channels.Length; channel++)
        {
            if (_idle[channel])
                idle = true;
            else if (_channels[channel] < minimum)
                minimum = _channels[channel];
        }

        // Why: an idle channel may come back with rows of any later time, so the end of its neighbours is not the end.
        if (minimum <= Current || (idle && minimum == Watermark.Maximum))
            return false;
        Current = minimum;
        return true;
    }
}
