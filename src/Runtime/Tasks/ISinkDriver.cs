using Millrace.Connectors;
using Millrace.Data;
using Millrace.Operators;
using Millrace.Serialization;

namespace Millrace.Runtime.Tasks;

/// <summary>A sink writer, whatever its rows.</summary>
internal interface ISinkDriver : IDisposable
{
    /// <summary>Where the rows go, for a person.</summary>
    string Description { get; }

    /// <summary>Whether the rows of an epoch wait here until it commits: then they are part of the task's delta.</summary>
    bool IsStaged { get; }

    long? ReadWatermark();

    /// <summary>Finds the codec of the rows, where they wait here.</summary>
    /// <exception cref="GraphException">There is none.</exception>
    void FindCodecs(CodecCatalog codecs);

    /// <summary>Writes the rows of a prepared epoch.</summary>
    void WriteRows(Epoch epoch, CodecWriter writer, CodecCatalog codecs);

    /// <summary>Takes the rows of an epoch that a process before this one had prepared.</summary>
    void RestoreRows(Epoch epoch, ref CodecReader reader, CodecCatalog codecs);

    void Begin(EpochInfo epoch);

    void Prepare(Epoch epoch);

    void Commit(SinkCommit commit);

    void Abort(Epoch committed);
}
