using CsCheck;
using Millrace.Data;
using Millrace.DStreams.Rdds;
using Millrace.Serialization;

namespace Millrace.Api.Tests.DStreams.Rdds;

public sealed class ObjectFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");
    private int _directories;

    [Fact]
    public void Rows_come_back_in_their_partitions() => Datasets.Pairs.Sample(
        partitions =>
        {
            var path = NewPath();
            Datasets.Of(partitions).SaveAsObjectFile(path);

            Assert.Equal(partitions, Rdd.ObjectFile<(string? Key, int Value)>(path).Rows());
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void Rows_of_many_blocks_and_rows_larger_than_a_block_come_back()
    {
        var path = NewPath();
        string[] rows = [.. Enumerable.Range(0, 30_000).Select(row => $"row {row}"), new('x', 200_000), "last"];

        Rdd.Parallelize(rows, 2).SaveAsObjectFile(path);

        Assert.Equal(rows, Rdd.ObjectFile<string>(path).Collect());
        Assert.Equal(rows[..3], Rdd.ObjectFile<string>(path).Take(3));
    }

    [Fact]
    public void Directory_has_a_file_for_each_partition_and_a_sign_of_success()
    {
        var path = Path.Combine(NewPath(), "a", "b");

        Datasets.Of([1], [], [2, 3]).SaveAsObjectFile(path);

        Assert.Equal(["_SUCCESS", "part-00000", "part-00001", "part-00002"], Directory.GetFileSystemEntries(path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Contains("exists already", Assert.Throws<IOException>(() => Datasets.Of([1]).SaveAsObjectFile(path)).Message, StringComparison.Ordinal);
        Assert.Equal([1, 2, 3], Rdd.ObjectFile<int>(path).Collect());
    }

    [Fact]
    public void Bytes_are_those_of_the_documentation()
    {
        var path = Saved([[1, -1]]);

        var header = "4D524F424A000001" + "00000000" + "01000000";
        var schema = Block(Convert.FromHexString(header), "0004696E7400");
        var rows = Block(schema, "0201");
        Assert.Equal(Convert.ToHexString(Block(rows, "")), Convert.ToHexString(File.ReadAllBytes(Part(path))));
    }

    [Fact]
    public void Empty_dataset_comes_back_empty()
    {
        var path = NewPath();

        Rdd.EmptyRdd<int>().SaveAsObjectFile(path);

        Assert.Empty(Rdd.ObjectFile<int>(path).Collect());
    }

    [Fact]
    public void Any_changed_byte_is_an_error_of_one_line_that_names_file_and_place()
    {
        var path = Saved([[.. Enumerable.Range(0, 20)]]);
        var whole = File.ReadAllBytes(Part(path));

        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[1, 255]).Sample(
            (place, change) =>
            {
                var damaged = whole.ToArray();
                damaged[place] ^= (byte)change;
                File.WriteAllBytes(Part(path), damaged);
                AssertDamaged(path);
            },
            iter: 200,
            threads: 1);
    }

    [Fact]
    public void Cut_file_is_an_error_wherever_it_was_cut()
    {
        var path = Saved([[.. Enumerable.Range(0, 20)]]);
        var whole = File.ReadAllBytes(Part(path));
        for (var length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(Part(path), whole[..length]);
            AssertDamaged(path);
        }

        File.WriteAllBytes(Part(path), [.. whole, 0]);
        AssertDamaged(path);
    }

    [Fact]
    public void Block_that_is_missing_or_elsewhere_is_an_error()
    {
        var path = Saved([[.. Enumerable.Range(0, 60_000)]]);
        var whole = File.ReadAllBytes(Part(path));
        var second = BlockEnd(whole, BlockEnd(whole, ObjectFile.HeaderBytes));
        var third = BlockEnd(whole, second);

        File.WriteAllBytes(Part(path), [.. whole[..second], .. whole[third..]]);

        AssertDamaged(path);
    }

    [Fact]
    public void Part_in_anothers_place_is_an_error()
    {
        var path = Saved([[1], [2]]);
        File.Move(Part(path), Part(path) + ".old");
        File.Copy(Part(path, 1), Part(path));
        File.Delete(Part(path) + ".old");

        var failure = AssertDamaged(path);

        Assert.Contains("part 0 of 2 expected, part 1 of 2 found", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_part_or_sign_of_success_or_directory_is_an_error_of_one_line()
    {
        var path = Saved([[1], [2]]);
        File.Delete(Part(path, 1));
        Assert.Contains("part 0 of 1 expected, part 0 of 2 found", AssertDamaged(path).Message, StringComparison.Ordinal);

        var gap = Saved([[1], [2]]);
        File.Delete(Part(gap));
        Assert.Contains("part-00000 expected, part-00001 found", Assert.Throws<IOException>(() => Rdd.ObjectFile<int>(gap)).Message, StringComparison.Ordinal);

        var cut = Saved([[1]]);
        File.Delete(Path.Combine(cut, "_SUCCESS"));
        Assert.Contains("writing it has not ended", Assert.Throws<IOException>(() => Rdd.ObjectFile<int>(cut)).Message, StringComparison.Ordinal);
        Assert.Contains("none found", Assert.Throws<DirectoryNotFoundException>(() => Rdd.ObjectFile<int>(NewPath())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_newer_version_of_the_type_reads_what_an_older_wrote()
    {
        var path = NewPath();
        Datasets.Of([new OldOrder(1, "a"), new OldOrder(2, "b")]).SaveAsObjectFile(path);

        Assert.Equal([new NewOrder(1, null), new NewOrder(2, null)], Rdd.ObjectFile<NewOrder>(path).Collect());
    }

    [Fact]
    public void Rows_of_another_type_are_an_error_that_names_file_and_member()
    {
        var path = Saved([[1]]);

        var failure = Assert.Throws<SchemaException>(() => Rdd.ObjectFile<string>(path).Collect());

        Assert.Contains(Part(path), failure.Message, StringComparison.Ordinal);
        Assert.Contains("int written", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public void Type_that_can_not_be_written_leaves_no_directory()
    {
        var path = NewPath();

        Assert.Contains("Action found", Assert.Throws<GraphException>(() => Datasets.Of<Action>([() => { }]).SaveAsObjectFile(path)).Message, StringComparison.Ordinal);

        Assert.False(Directory.Exists(path));
        Assert.Throws<GraphException>(() => Rdd.ObjectFile<Action>(path));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Part(string path, int part = 0) => Path.Combine(path, $"part-{part:D5}");

    private static CorruptPayloadException AssertDamaged(string path)
    {
        var failure = Assert.Throws<CorruptPayloadException>(() => Rdd.ObjectFile<int>(path).Collect());
        Assert.StartsWith($"Object file {Part(path)}, byte ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
        return failure;
    }

    private static byte[] Block(byte[] before, string payloadHex)
    {
        var payload = Convert.FromHexString(payloadHex);
        var length = BitConverter.GetBytes(payload.Length);
        return [.. before, .. length, .. BitConverter.GetBytes(Crc32C.Of([.. Unframed(before), .. length, .. payload])), .. payload];
    }

    // What a checksum is of: all before it but the checksums.
    private static byte[] Unframed(byte[] file)
    {
        var bytes = new List<byte>(file[..ObjectFile.HeaderBytes]);
        for (var at = ObjectFile.HeaderBytes; at < file.Length; at = BlockEnd(file, at))
        {
            bytes.AddRange(file[at..(at + 4)]);
            bytes.AddRange(file[(at + ObjectFile.FrameBytes)..BlockEnd(file, at)]);
        }

        return [.. bytes];
    }

    private static int BlockEnd(byte[] file, int start) => start + ObjectFile.FrameBytes + BitConverter.ToInt32(file, start);

    private string NewPath() => Path.Combine(_folder.FullName, $"rows{_directories++}");

    private string Saved(int[][] partitions)
    {
        var path = NewPath();
        Datasets.Of(partitions).SaveAsObjectFile(path);
        return path;
    }

    private sealed record OldOrder(long Id, string Note);

    private sealed record NewOrder(long Id, int? Count);
}
