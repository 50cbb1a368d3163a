namespace Millrace.Runtime.Protocol;

/// <summary>What is to be carried out, in order, after a step of <see cref="WorkerProtocol"/>.</summary>
internal interface IWorkerEffect;
