using Millrace.Graphs;

namespace Millrace.Planning;

/// <summary>An edge that crosses from one stage to another.</summary>
/// <param name="Edge">The edge of the stream graph.</param>
/// <param name="FromStage">Index of the sending stage.</param>
/// <param name="ToStage">Index of the receiving stage.</param>
public sealed record JobEdge(StreamEdge Edge, int FromStage, int ToStage);
