namespace Millrace.Architecture;

public sealed class SourceTests
{
    private const int LinesMax = 800;

    [Fact]
    public void No_source_file_is_longer_than_800_lines()
    {
        var long_ = Repository.SourceFiles("src", "tests", "bench", "samples")
            .Select(path => (Path: path, Lines: File.ReadLines(Path.Combine(Repository.Root, path)).Count()))
            .Where(file => file.Lines > LinesMax);

        Assert.Empty(long_);
    }

    [Fact]
    public void Every_project_has_a_test_project()
    {
        var missing = Repository.Projects
            .Where(project => !File.Exists(Path.Combine(Repository.Root, "tests", $"{project}.Tests", $"Millrace.{project}.Tests.csproj")));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Actors.sln"));
        var projects = new[] { "src", "tests", "bench", "samples" }.SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.csproj", SearchOption.AllDirectories));

        Assert.All(projects, path => Assert.Contains(Path.GetFileName(path), solution, StringComparison.Ordinal));
    }
}
