namespace Millrace.Connectors.Files;

/// <summary>The steps of a commit to files, in order.</summary>
internal enum FileSinkStep
{
    ManifestRead,
    FileWritten,
    FileRenamed,
    EntryWritten,
    BlockWritten,
    EntriesDeleted,
}
