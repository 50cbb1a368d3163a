namespace Millrace.Runtime.Protocol;

/// <summary>What can be told to <see cref="WorkerProtocol"/>.</summary>
internal interface IWorkerInput;
