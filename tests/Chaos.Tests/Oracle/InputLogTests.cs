using Millrace.Chaos.Oracle;

namespace Millrace.Chaos.Tests.Oracle;

public sealed class InputLogTests : IDisposable
{
    private static readonly InputRecord[] Records =
    [
        new(1, 7, 0, -5, 1_000), new(1, 8, 1, long.MaxValue, 1_001), new(1, 7, 2, 0, 1_002),
    ];

    private readonly string _directory = Directory.CreateTempSubdirectory("millrace-chaos-test-").FullName;

    [Fact]
    public void Records_of_all_segments_come_in_order()
    {
        SegmentFile.Write(_directory, 2, Records[2]);
        SegmentFile.Write(_directory, 0, Records[0], Records[1]);

        Assert.Equal(Records, InputLog.Read(_directory));
    }

    [Fact]
    public void A_changed_byte_is_told()
    {
        var path = SegmentFile.Write(_directory, 0, Records);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);

        Assert.Throws<OracleException>(() => InputLog.Read(_directory).ToArray());
    }

    [Fact]
    public void A_torn_record_is_told()
    {
        var path = SegmentFile.Write(_directory, 0, Records);
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^3]);

        Assert.Throws<OracleException>(() => InputLog.Read(_directory).ToArray());
    }

    [Fact]
    public void A_missing_segment_is_told()
    {
        SegmentFile.Write(_directory, 0, Records[0]);
        SegmentFile.Write(_directory, 2, Records[2]);

        Assert.Throws<OracleException>(() => InputLog.Read(_directory).ToArray());
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
