using Millrace.Connectors.Files;

namespace Millrace.Connectors.Tests.Files;

public sealed class DurableFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("millrace-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task Of_several_that_create_a_file_one_does()
    {
        for (var round = 0; round < 200; round++)
        {
            var path = Path.Combine(_root, $"{round}");
            var created = await Task.WhenAll(Enumerable.Range(0, 4).Select(creator => Task.Run(() => DurableFiles.TryCreate(path, [(byte)creator]))));

            Assert.Equal(Array.IndexOf(created, true), Assert.Single(File.ReadAllBytes(path)));
            Assert.Single(created, isMine => isMine);
        }

        Assert.Equal(200, Directory.GetFiles(_root).Length);
    }

    [Fact]
    public void Replaced_file_has_the_new_bytes_alone()
    {
        var path = Path.Combine(_root, "file");
        DurableFiles.Replace(path, "longer"u8);

        DurableFiles.Replace(path, "new"u8);

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(_root));
    }
}
