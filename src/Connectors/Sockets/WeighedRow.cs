namespace Millrace.Connectors.Sockets;

/// <summary>A row of a block, with its share of the block's bytes.</summary>
internal readonly record struct WeighedRow<T>(T Row, int Bytes);
