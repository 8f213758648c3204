namespace Orleans.Workflow.Api.Hosting;

/// <summary>
/// Goes on to take requests for a while after the process was asked to stop, so that load balancers see that it is not
/// ready and send to others. What waits is answered meanwhile; then the server stops, and then the silo.
/// </summary>
internal sealed class Draining(HttpSettings settings, TimeProvider time) : IHostedLifecycleService
{
    /// <inheritdoc/>
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        Task.Delay(settings.Drain, time, cancellationToken);

    /// <inheritdoc/>
    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
