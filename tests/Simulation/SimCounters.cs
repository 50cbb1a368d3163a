namespace Millrace.Simulation;

/// <summary>What happened in a run, or in many.</summary>
internal sealed class SimCounters
{
    public long Kills;
    public long StandDowns;
    public long Pauses;
    public long Slowdowns;
    public long SetAside;
    public long Resets;
    public long Partitions;
    public long DataCuts;
    public long Takeovers;
    public long Attempts;
    public long UnknownWrites;
    public long Throws;
    public long Snapshots;
    public long Trimmed;
    public long Savepoints;
    public long Orders;
    public long Rescales;
    public long RestoresAgain;
    public long ImagesPassedOver;
    public long Lost;
    public long Outages;
    public long Epochs;
    public long Events;

    public void Add(SimCounters other)
    {
        Kills += other.Kills;
        StandDowns += other.StandDowns;
        Pauses += other.Pauses;
        Slowdowns += other.Slowdowns;
        SetAside += other.SetAside;
        Resets += other.Resets;
        Partitions += other.Partitions;
        DataCuts += other.DataCuts;
        Takeovers += other.Takeovers;
        Attempts += other.Attempts;
        UnknownWrites += other.UnknownWrites;
        Throws += other.Throws;
        Snapshots += other.Snapshots;
        Trimmed += other.Trimmed;
        Savepoints += other.Savepoints;
        Orders += other.Orders;
        Rescales += other.Rescales;
        RestoresAgain += other.RestoresAgain;
        ImagesPassedOver += other.ImagesPassedOver;
        Lost += other.Lost;
        Outages += other.Outages;
        Epochs += other.Epochs;
        Events += other.Events;
    }
}
