using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Refolds;

/// <summary>
/// Works on the refold that is under way, one silo at a time. How far it has come is in the database: a silo that is
/// killed is followed by another, or by itself when it starts again. Workflows are asked through their grains, which
/// alone decide; a page that was asked for in part is asked for again, and those that are done say so.
/// </summary>
public sealed class RefoldWorker(
    IRefoldJobs jobs,
    ILeaderLock leader,
    IVocabularyStore vocabularies,
    WorkflowFold fold,
    WorkflowGrains grains,
    IHostApplicationLifetime lifetime,
    RefoldMetrics metrics,
    TimeProvider time,
    ILogger<RefoldWorker> logger
) : BackgroundService
{
    private const int PageSize = 512;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private string? _complainedOf;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Until the silo has joined its cluster no workflow can be asked.
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await Complain(stoppingToken);
                if (await FindJob(stoppingToken) is not null)
                    await TryRun(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                Safely.Log(exception, () => Log.RefoldInterrupted(logger, exception));
            }
        }
    }

    /// <summary>Says once that another vocabulary has come in force while this silo runs.</summary>
    private async Task Complain(CancellationToken cancellationToken)
    {
        var inForce = (await vocabularies.FindInForce(cancellationToken))?.Fingerprint;
        if (inForce is not null && inForce != fold.Vocabulary.Fingerprint && inForce != _complainedOf)
            Log.OtherVocabularyInForce(logger, inForce, fold.Vocabulary.Fingerprint);

        _complainedOf = inForce;
    }

    /// <summary>The job that is under way, if it is for the vocabulary of this silo.</summary>
    private async Task<RefoldJob?> FindJob(CancellationToken cancellationToken)
    {
        var latest = await jobs.FindLatest(cancellationToken);
        metrics.Latest = latest;
        return latest is { FinishedAt: null } && latest.Vocabulary == fold.Vocabulary.Fingerprint ? latest : null;
    }

    private async Task TryRun(CancellationToken cancellationToken)
    {
        // Looked at again under the lock: another silo may have worked on it until a moment ago.
        await using var lead = await leader.TryTake(LeaderTask.Refold, cancellationToken);
        if (lead is not null && await FindJob(cancellationToken) is { } job)
            await Run(job, cancellationToken);
    }

    private async Task Run(RefoldJob job, CancellationToken cancellationToken)
    {
        Log.RefoldGoesOn(logger, job.Id, job.Vocabulary, job.Done, job.Total);
        while (true)
        {
            var page = await jobs.ListWorkflows(job.Position, PageSize, cancellationToken);
            if (page.IsEmpty)
            {
                var finished = job with { FinishedAt = time.GetUtcNow().ToUnixTimeMilliseconds() };
                if (await jobs.Advance(job, finished, cancellationToken))
                {
                    metrics.Latest = finished;
                    Log.RefoldFinished(logger, job.Id, job.Done, job.Failed);
                }

                return;
            }

            var failed = await new RefoldPage(job, grains, time, logger).Run(page, cancellationToken);
            if (failed is null)
                return;

            var next = job with
            {
                Position = page[^1],
                Done = job.Done + page.Length,
                Failed = job.Failed + failed.Value,
            };

            // Not noted: the job has ended, or another silo leads since the connection of the lock was lost.
            if (!await jobs.Advance(job, next, cancellationToken))
                return;

            metrics.Latest = job = next;
        }
    }
}
