namespace Millrace.Chaos.Tests;

/// <summary>Where the corpora lie: the folder named by <c>MILLRACE_CORPORA</c>, or <c>../shared/corpora</c> beside the checkout.</summary>
internal static class Corpora
{
    public static string Root { get; } = Environment.GetEnvironmentVariable("MILLRACE_CORPORA") is { Length: > 0 } named
        ? named
        : Path.GetFullPath(Path.Combine(Checkout(), "..", "shared", "corpora"));

    private static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Actors.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"Actors.sln expected above {AppContext.BaseDirectory}, none found.");
        return folder.FullName;
    }
}
