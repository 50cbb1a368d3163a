namespace Millrace.Runtime.Protocol;

/// <summary>What can be told to <see cref="CoordinatorProtocol"/>.</summary>
internal interface ICoordinatorInput;
