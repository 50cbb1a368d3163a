namespace Millrace.Client;

/// <summary>A job that a host starts with itself; made by dependency injection, so that its functions may use services.</summary>
public interface IStreamJob
{
    /// <summary>Builds the graph and starts it on <paramref name="runner"/>. Called once, while the host starts.</summary>
    Task StartAsync(IJobRunner runner, CancellationToken cancellationToken);
}
