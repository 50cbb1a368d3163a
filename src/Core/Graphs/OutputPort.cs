namespace Millrace.Graphs;

/// <summary>An output port of a node, with its row type: what front ends connect.</summary>
public readonly record struct OutputPort<T>(StreamNode Node, int Port = 0);
