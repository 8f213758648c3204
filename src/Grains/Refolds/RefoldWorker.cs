using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Domain;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Interfaces.Persistence;

namespace Orleans.Workflow.Grains.Refolds;

/// <summary>
/// Works on the refold that is under way, one silo at a time. How far it has come is in the database: a silo that is killed is followed by
/// another, or by itself when it starts again. Workflows are asked through their grains, which alone decide; a page that was asked for in part
/// is asked for again, and those that are done say so.
/// </summary>
public sealed class RefoldWorker(
    IRefoldJobs jobs,
    IVocabularyStore vocabularies,
    WorkflowFold fold,
    WorkflowGrains grains,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<RefoldWorker> logger)
    : BackgroundService
{
    private const int PageSize = 512;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(15);

    private readonly string _owner = Guid.CreateVersion7(time.GetUtcNow()).ToString();
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
                if (await jobs.Claim(fold.Vocabulary.Fingerprint, Lease(), stoppingToken) is { } job)
                    await Run(job, stoppingToken);
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

    private async Task Run(RefoldJob job, CancellationToken cancellationToken)
    {
        Log.RefoldGoesOn(logger, job.Id, job.Vocabulary, job.Done, job.Total);
        while (true)
        {
            var page = await jobs.ListWorkflows(job.Position, PageSize, cancellationToken);
            if (page.IsEmpty)
            {
                job = job with { FinishedAt = time.GetUtcNow().ToUnixTimeMilliseconds() };
                await jobs.Advance(job, Lease(), cancellationToken);
                Log.RefoldFinished(logger, job.Id, job.Done, job.Failed);
                return;
            }

            var failed = await new RefoldPage(job, grains, time, logger).Run(page, cancellationToken);
            if (failed is null)
                return;

            job = job with { Position = page[^1], Done = job.Done + page.Length, Failed = job.Failed + failed.Value };
            if (!await jobs.Advance(job, Lease(), cancellationToken))
                return;
        }
    }

    private RefoldLease Lease()
    {
        var now = time.GetUtcNow();
        return new RefoldLease(_owner, now.ToUnixTimeMilliseconds(), (now + LeaseTime).ToUnixTimeMilliseconds());
    }
}
