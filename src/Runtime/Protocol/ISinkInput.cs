namespace Millrace.Runtime.Protocol;

/// <summary>What can be told to <see cref="SinkProtocol"/>.</summary>
internal interface ISinkInput;
