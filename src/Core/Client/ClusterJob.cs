using Millrace.Data;

namespace Millrace.Client;

/// <summary>A job that nodes of a cluster run, or that was submitted and no node runs yet, as one of them sees it; what others say of it is at most about 200 ms old.</summary>
/// <param name="Name">Its name, unique in the cluster.</param>
/// <param name="Fingerprint">Of what it is built, 16 hexadecimal digits: the same on all nodes; empty where none runs it.</param>
/// <param name="State">Its state, as whoever coordinates it says.</param>
/// <param name="Coordinator">The node that plans and commits its epochs, as <c>host:port</c>; null while none does.</param>
/// <param name="Nodes">The nodes that take part, as <c>host:port</c>, in order; one that has no task is ready to take some.</param>
/// <param name="Committed">The last committed epoch.</param>
public sealed record ClusterJob(string Name, string Fingerprint, JobState State, string? Coordinator, IReadOnlyList<string> Nodes, Epoch Committed);
