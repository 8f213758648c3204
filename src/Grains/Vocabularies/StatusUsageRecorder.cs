using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Vocabularies;

/// <summary>Stores the counts of words every few seconds.</summary>
public sealed class StatusUsageRecorder(
    StatusUsageCounter counts,
    IStatusUsageStore table,
    TimeProvider time,
    ILogger<StatusUsageRecorder> logger
) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await Store(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await Store(CancellationToken.None);
        }
    }

    private async Task Store(CancellationToken cancellationToken)
    {
        var taken = counts.Take();
        if (taken.Count == 0)
            return;

        try
        {
            await table.Add(taken, cancellationToken);
        }
        catch (Exception exception)
        {
            // Also when it was cancelled: the last attempt, when the process stops, takes them along.
            counts.PutBack(taken);
            if (cancellationToken.IsCancellationRequested)
                throw;

            Safely.Log(exception, () => Log.WordsNotCounted(logger, exception));
        }
    }
}
