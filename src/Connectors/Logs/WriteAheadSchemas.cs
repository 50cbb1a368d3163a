using System.Globalization;
using Millrace.Connectors.Files;
using Millrace.Serialization;

namespace Millrace.Connectors.Logs;

/// <summary>How the records of a write-ahead log are written, from which offset on: a program that has changed since reads what the former one wrote.</summary>
/// <remarks><code>
/// schemas/00000000000000000000.schema    of the records from that offset on: CRC-32C of what follows (4) · schema
/// schemas/00000000000000000812.schema    of those behind it, which another version of the program wrote
/// </code></remarks>
internal sealed class WriteAheadSchemas(string log)
{
    private const string Extension = ".schema";

    private readonly string _directory = Path.Combine(log, "schemas");

    /// <summary>Says, durably, that records from <paramref name="first"/> on have this schema. Forgets those that only older records than <paramref name="kept"/> had.</summary>
    public void Use(CodecSchema schema, long first, long kept)
    {
        if (!Directory.Exists(_directory))
        {
            Directory.CreateDirectory(_directory);
            DurableFiles.SyncDirectory(log);
        }

        var offsets = Offsets();
        if (offsets is not [.., var last] || !Read(last).Equals(schema))
            DurableFiles.Replace(PathOf(first), Bytes(schema));
        for (var next = 1; next < offsets.Count && offsets[next] <= kept; next++)
            File.Delete(PathOf(offsets[next - 1]));
    }

    /// <summary>From which offset on which schema holds, in order.</summary>
    /// <exception cref="LogException">One is damaged, or there is none.</exception>
    public IReadOnlyList<(long First, CodecSchema Schema)> All()
    {
        var offsets = Directory.Exists(_directory) ? Offsets() : [];
        return offsets.Count > 0
            ? offsets.ConvertAll(first => (first, Read(first)))
            : throw new LogException($"A schema expected in {FilePaths.Printable(_directory)}, none found; put the log there that belongs to the checkpoint or savepoint.");
    }

    private static byte[] Bytes(CodecSchema schema)
    {
        using var writer = new CodecWriter();
        var sum = writer.ReserveFixed32();
        schema.WriteTo(writer);
        writer.PatchFixed32(sum, Crc32C.Of(writer.WrittenSpan[sizeof(uint)..]));
        return writer.ToArray();
    }

    private List<long> Offsets()
    {
        var offsets = new List<long>();
        foreach (var path in Directory.EnumerateFiles(_directory, "*" + Extension))
        {
            if (long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var first))
                offsets.Add(first);
        }

        offsets.Sort();
        return offsets;
    }

    private CodecSchema Read(long first)
    {
        try
        {
            var reader = new CodecReader(File.ReadAllBytes(PathOf(first)));
            var sum = reader.ReadFixed32();
            var bytes = reader.ReadSpan(reader.Remaining);
            if (sum != Crc32C.Of(bytes))
                throw new CorruptPayloadException("one with a wrong checksum");
            var schema = new CodecReader(bytes);
            return CodecSchema.ReadFrom(ref schema);
        }
        catch (CorruptPayloadException damage)
        {
            throw new LogException($"An intact schema expected in {FilePaths.Printable(PathOf(first))}, another one found: {damage.Message}; restore the file from a copy.", damage);
        }
    }

    private string PathOf(long first) => Path.Combine(_directory, first.ToString("D20", CultureInfo.InvariantCulture) + Extension);
}
