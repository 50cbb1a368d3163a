using Millrace.DStreams;

namespace Millrace.Testing.Tests.Models;

/// <summary>An operation of streams, and a model that says in plain collections what it gives out.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Kinds">Of its operators: the one that gets the left stream's rows in the batch that holds them, and another, if the batch is made by it.</param>
/// <param name="Build">The operation.</param>
/// <param name="Expect">The model: the rows of one batch, in any order.</param>
/// <param name="IsOnWindows">Whether it has a batch at each slide alone.</param>
internal sealed record Form(string Name, string[] Kinds, Func<Streams, DStream<string>> Build, Func<Past, IEnumerable<string>> Expect, bool IsOnWindows = false)
{
    /// <summary>The same operation on the windows of both streams.</summary>
    public Form OnWindows() => new($"{Name} on windows", ["window", Kinds[^1]], streams => Build(streams.OnWindows()), past => Expect(past.OnWindows()), IsOnWindows: true);
}
