using Millrace.DStreams;

namespace Millrace.Samples;

/// <summary>Where a sample reads from: a server that the user named, or the bundled text's own, which ends the sample with the text.</summary>
internal sealed class TextInput(string host, int port, BundledText? bundled)
{
    private readonly TaskCompletionSource _allCounted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _wordsCounted;

    public string Host => host;

    public int Port => port;

    /// <summary>Ends when every word of the bundled text has been counted; never for a server of the user's.</summary>
    public Task AllCounted => _allCounted.Task;

    /// <summary>Takes the number of words of one batch. Called by the body of an output operation.</summary>
    public void Counted(long words)
    {
        _wordsCounted += words;
        if (bundled is not null && _wordsCounted >= bundled.Words)
            _allCounted.TrySetResult();
    }

    /// <summary>Starts the context and waits for its end: by Ctrl-C, or for the bundled text by <paramref name="end"/>.</summary>
    /// <param name="context">The sample's streams.</param>
    /// <param name="end">When the sample has shown what it has to show of the bundled text. <value>Default: <see cref="AllCounted"/>.</value></param>
    public async Task RunAsync(StreamingContext context, Task? end = null)
    {
        await context.StartAsync();
        if (bundled is null)
        {
            Console.WriteLine($"Reading lines from {host}:{port}; Ctrl-C ends it.");
            await context.AwaitTerminationAsync();
            return;
        }

        Console.WriteLine($"Counting the words of the bundled text from {host}:{port}; Ctrl-C ends it earlier.");
        await await Task.WhenAny(end ?? AllCounted, context.AwaitTerminationAsync());
        await context.StopAsync(graceful: true);
        Console.WriteLine($"{_wordsCounted} of {bundled.Words} words counted.");
    }
}
