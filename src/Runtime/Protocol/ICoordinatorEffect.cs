namespace Millrace.Runtime.Protocol;

/// <summary>What is to be carried out, in order, after a step of <see cref="CoordinatorProtocol"/>.</summary>
internal interface ICoordinatorEffect;
