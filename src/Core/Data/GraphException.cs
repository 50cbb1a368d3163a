namespace Millrace.Data;

/// <summary>The program is wrong and has to be fixed by its author; thrown while a graph is built.</summary>
public class GraphException(string message) : Exception(message);
