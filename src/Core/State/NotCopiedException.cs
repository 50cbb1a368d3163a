namespace Millrace.State;

/// <summary>An object that nothing can copy.</summary>
internal sealed class NotCopiedException(string message) : Exception(message);
