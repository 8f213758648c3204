using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;

namespace Orleans.Workflow.Grains.Refolds;

/// <summary>Asks some workflows to fold again, many at a time: their writes share commits.</summary>
internal sealed class RefoldPage(RefoldJob job, WorkflowGrains grains, TimeProvider time, ILogger logger)
{
    private const int AtATime = 128;
    private const int MaxAttempts = 5;

    private readonly string _job = job.Id.ToString();
    private int _failed;
    private int _otherVocabulary;

    /// <summary>Asks them all.</summary>
    /// <returns>
    /// How many could not be folded again; null if a silo has another vocabulary, which must be restarted first.
    /// </returns>
    public async Task<int?> Run(ImmutableArray<string> workflowIds, CancellationToken cancellationToken)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(workflowIds, options, async (workflowId, cancellation) =>
            await Ask(workflowId, cancellation)
        );
        if (_otherVocabulary == 0)
            return _failed;

        Log.RefoldWaits(
            logger,
            job.Id,
            $"{_otherVocabulary} of {workflowIds.Length} workflows are in silos with another vocabulary; restart those."
        );
        return null;
    }

    private void Note(string workflowId, RefoldOutcome outcome)
    {
        if (outcome == RefoldOutcome.OtherVocabulary)
        {
            Interlocked.Increment(ref _otherVocabulary);
        }
        else if (outcome == RefoldOutcome.ReceiptsRemoved)
        {
            Safely.Run(() => Log.RefoldLacksReceipts(logger, job.Id, workflowId));
            Interlocked.Increment(ref _failed);
        }
    }

    private async Task Ask(string workflowId, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                Note(workflowId, await grains.Workflow(workflowId).Refold(_job, job.Vocabulary));
                return;
            }
            catch (Exception exception) when (attempt == MaxAttempts)
            {
                Safely.Run(() => Log.RefoldFailed(logger, exception, job.Id, workflowId));
                Interlocked.Increment(ref _failed);
                return;
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested)
            {
                await Task.Delay(TimeSpan.FromSeconds(attempt), time, cancellationToken);
            }
        }
    }
}
