using Millrace.Operators;

namespace Millrace.Runtime.Exchange;

/// <summary>A task's output side on one edge, whatever its rows.</summary>
internal interface IOutputGate
{
    /// <summary>Whether rows stand in half-filled batches.</summary>
    bool HasOpenRows { get; }

    /// <summary>Sends half-filled batches, but none to a channel that waits for credit: its rows would wait all the same, and in more batches.</summary>
    void Flush();

    /// <summary>Rows from now on belong to <paramref name="epoch"/>.</summary>
    void BeginEpoch(EpochInfo epoch);

    /// <summary>Sends half-filled batches, then the item on every channel.</summary>
    void SendControl(ControlItem control);

    /// <summary>Forgets half-filled batches.</summary>
    void RollBack();
}
