namespace Millrace.Client;

/// <summary>A job that was submitted to a cluster, as the program that starts it sees it.</summary>
/// <param name="Program">The name of the program in the catalog of each node.</param>
/// <param name="Job">The name of the job.</param>
/// <param name="Arguments">What the program makes of it is its own business.</param>
public sealed record JobSubmission(string Program, string Job, IReadOnlyList<string> Arguments);
