using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;

namespace Millrace.Runtime.Tasks;

/// <summary>A sink writer, whatever its rows.</summary>
internal interface ISinkDriver : IDisposable
{
    long ReadWatermark();

    void Begin(EpochInfo epoch);

    void Prepare(Epoch epoch);

    void Commit(SinkCommit commit);

    void Abort(Epoch committed);
}
