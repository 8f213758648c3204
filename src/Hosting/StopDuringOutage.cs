using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Hosting;

/// <summary>
/// Ends a process that is asked to stop while the database takes no commits. Nothing that waits could be written, and
/// the rows of the cluster that a silo leaves behind cannot be changed; the other silos find out by themselves.
/// </summary>
internal sealed class StopDuringOutage(
    IServiceProvider services,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<StopDuringOutage> logger
) : IHostedService
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(7);
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        // An Api without grains writes nothing when it stops.
        if (services.GetService<IWriteAdmission>() is { } admission)
            lifetime.ApplicationStopping.Register(() => _ = Task.Run(() => Watch(admission), CancellationToken.None));

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task Watch(IWriteAdmission admission)
    {
        try
        {
            await Task.Delay(Limit, time, lifetime.ApplicationStopped);
            while (!admission.IsFailing)
                await Task.Delay(Period, time, lifetime.ApplicationStopped);
        }
        catch (OperationCanceledException)
        {
            // It has stopped by itself.
            return;
        }

        Safely.Run(() => Log.StoppedDuringOutage(logger, admission.WhyFailing));
        Environment.Exit(0);
    }
}
