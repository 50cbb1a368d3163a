namespace Millrace.Connectors.Files;

/// <summary>A file that a <see cref="FileSink{T}"/> has committed.</summary>
/// <param name="Partition">The sink's partition, from 0.</param>
/// <param name="Epoch">The epoch whose rows it holds.</param>
/// <param name="Path">Where it is.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Rows">Rows in it, the header not counted.</param>
public sealed record CommittedFile(int Partition, long Epoch, string Path, long Bytes, long Rows);
