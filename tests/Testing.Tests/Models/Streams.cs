using Millrace.DStreams;
using Millrace.DStreams.Rdds;
using Millrace.Time;

namespace Millrace.Testing.Tests.Models;

/// <summary>What a form is built on.</summary>
/// <param name="Left">The stream that it has rows of.</param>
/// <param name="Right">The other one, for forms of two.</param>
/// <param name="Setting">How it is built.</param>
/// <param name="Inside">Lets its own functions throw.</param>
internal sealed record Streams(DStream<(int Key, int Value)> Left, DStream<(int Key, int Value)> Right, Setting Setting, Fuse Inside)
{
    public TimeSpan Window => Setting.Window.Seconds();

    public TimeSpan Slide => Setting.Slide.Seconds();

    public TimeSpan Idle => Setting.Idle.Seconds();

    public int? Partitions => Setting.Operation.Partitions;

    /// <summary>The partitioner of the operation, if it is to have one.</summary>
    public Partitioner<int>? By => Setting.Operation.By;

    /// <summary>The windows of both.</summary>
    public Streams OnWindows() => this with { Left = Left.Window(Window, Slide), Right = Right.Window(Window, Slide) };
}
