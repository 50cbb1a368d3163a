using Millrace.Serialization;

namespace Millrace.Connectors;

/// <summary>Where and how the reader of a split may keep what must outlive the process.</summary>
/// <param name="Directory">A directory of this split of this job alone; not made yet.</param>
/// <param name="Codecs">How rows become bytes.</param>
public sealed record SplitStorage(string Directory, CodecCatalog Codecs);
