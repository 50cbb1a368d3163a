namespace Millrace.Connectors.Files;

/// <summary>A file that a listing found.</summary>
/// <param name="Name">Its name in the directory.</param>
/// <param name="Path">Where its bytes are, without links.</param>
/// <param name="ModifiedMs">Modification time, in ms since 1970.</param>
/// <param name="SizeBytes">Its size now.</param>
internal readonly record struct FoundFile(string Name, string Path, long ModifiedMs, long SizeBytes);
