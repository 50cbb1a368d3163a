using Millrace.Connectors.Files;
using Millrace.Data;
using Millrace.DStreams;
using Millrace.DStreams.Rdds;

namespace Millrace.Api.Tests.DStreams;

public sealed class FileStreamTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("millrace-");

    [Fact]
    public async Task Files_are_the_rows_of_the_batch_that_finds_them()
    {
        await using var run = await BatchRun.CreateAsync();
        Write("in/a.txt", "x y\nz");
        Write("in/b.bin", "12345678");
        var input = Path.Combine(_folder.FullName, "in");
        var lines = run.Collect(run.Context.TextFileStream(input, new DirectorySourceOptions { Filter = path => path.EndsWith(".txt", StringComparison.Ordinal), NewFilesOnly = false }));
        var records = run.Context.BinaryRecordsStream(input, 4, new DirectorySourceOptions { Filter = path => path.EndsWith(".bin", StringComparison.Ordinal), NewFilesOnly = false });
        var sizes = run.Collect(records.Map(record => record.Length));

        await run.RunAsync(records, 2);

        Assert.Equal([["x y", "z"], []], lines.Select(batch => batch.Rows.Order().ToArray()));
        Assert.Equal([[4, 4], []], sizes.Select(batch => batch.Rows));
    }

    [Fact]
    public async Task A_directory_that_is_not_there_is_an_error_of_one_line()
    {
        await using var run = await BatchRun.CreateAsync();
        var lines = run.Context.TextFileStream(Path.Combine(_folder.FullName, "none"));

        var failure = await Assert.ThrowsAsync<JobFailedException>(() => run.RunAsync(lines, 1));

        Assert.Contains("none", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failure.Message);
    }

    [Fact]
    public async Task Each_batch_is_saved_as_text_files_of_its_time()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new System.Collections.Concurrent.ConcurrentQueue<(string, int)[]>([[("a", 1), ("b", 2)], []]));
        stream.SaveAsTextFiles(Path.Combine(_folder.FullName, "out", "counts"), "txt");

        await run.RunAsync(stream, 2);

        var first = Path.Combine(_folder.FullName, "out", "counts-1000.txt");
        Assert.True(File.Exists(Path.Combine(first, "_SUCCESS")));
        Assert.Equal(["(a,1)", "(b,2)"], Directory.GetFiles(first, "part-*").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines));
        Assert.True(File.Exists(Path.Combine(_folder.FullName, "out", "counts-2000.txt", "_SUCCESS")));
    }

    [Fact]
    public async Task Each_batch_is_saved_as_object_files_of_its_time()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new System.Collections.Concurrent.ConcurrentQueue<(string, int?)[]>([[("a", 1), ("b", null)], []]));
        stream.SaveAsObjectFiles(Path.Combine(_folder.FullName, "out", "counts"));

        await run.RunAsync(stream, 2);

        Assert.Equal([("a", 1), ("b", null)], Rdd.ObjectFile<(string, int?)>(Path.Combine(_folder.FullName, "out", "counts-1000")).Collect());
        Assert.Empty(Rdd.ObjectFile<(string, int?)>(Path.Combine(_folder.FullName, "out", "counts-2000")).Collect());
    }

    [Fact]
    public async Task A_batch_that_runs_once_more_replaces_the_files_that_it_wrote_before()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new System.Collections.Concurrent.ConcurrentQueue<int[]>([[1, 2]]));
        Write("rows-1000/_temporary/part-00000", "cut");
        Write("rows-1000/part-00000", "old");
        Write("rows-1000/part-00007", "old");
        Write("rows-1000/_SUCCESS", "");
        Write("rows-1000/other", "kept");
        Write("text-1000/part-00007", "old");
        stream.SaveAsObjectFiles(Path.Combine(_folder.FullName, "rows"));
        stream.SaveAsTextFiles(Path.Combine(_folder.FullName, "text"));

        await run.RunAsync(stream, 1);

        Assert.Equal([1, 2], Rdd.ObjectFile<int>(Path.Combine(_folder.FullName, "rows-1000")).Collect().Order());
        Assert.Equal("kept", File.ReadAllText(Path.Combine(_folder.FullName, "rows-1000", "other")));
        Assert.False(Directory.Exists(Path.Combine(_folder.FullName, "rows-1000", "_temporary")));
        Assert.False(File.Exists(Path.Combine(_folder.FullName, "text-1000", "part-00007")));
    }

    [Fact]
    public async Task Rows_that_can_not_be_saved_as_objects_are_refused_while_building()
    {
        await using var run = await BatchRun.CreateAsync();
        var stream = run.Context.QueueStream(new System.Collections.Concurrent.ConcurrentQueue<Action[]>());

        var failure = Assert.Throws<GraphException>(() => stream.SaveAsObjectFiles(Path.Combine(_folder.FullName, "out")));

        Assert.Contains("Action found", failure.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch);
    }
}
