using Millrace.Connectors.Sockets;

namespace Millrace.Connectors.Tests.Sockets;

/// <summary>Rows in blocks, as a server sends them.</summary>
internal static class Blocks
{
    public static byte[] Of<T>(IEnumerable<T> rows, int blockBytes = 64 << 10)
    {
        using var stream = new MemoryStream();
        // Why at most so much: the writer takes its room at once.
        using (var writer = new RawSocketWriter<T>(stream, Math.Min(blockBytes, 1 << 20)))
        {
            foreach (var row in rows)
                writer.Write(row);
        }

        return stream.ToArray();
    }
}
