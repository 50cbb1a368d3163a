namespace Millrace.Connectors.Files;

/// <summary>A file that a listing has taken or refused.</summary>
/// <param name="Name">Its name in the directory.</param>
/// <param name="ModifiedMs">Modification time, in ms since 1970.</param>
/// <param name="SizeBytes">How much of it is read; 0 where it gives nothing.</param>
internal readonly record struct SeenFile(string Name, long ModifiedMs, long SizeBytes);
