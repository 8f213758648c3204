using Orleans.Workflow.Grains;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Receipts;
using Orleans.Workflow.Hosting.Settings;

namespace Orleans.Workflow.Hosting.Retention;

/// <summary>
/// One pass over all that may go. Small removals with a pause after each, so that the work beside it continues. Nothing
/// is remembered from one pass to the next, so that one that was cut off needs no repair.
/// </summary>
internal sealed class RetentionPass(
    RetentionSettings settings,
    IRetentionStore store,
    ReceiptTrimmer trimmer,
    WorkflowGrains grains,
    TimeProvider time,
    ILogger logger
)
{
    private const int PageSize = 256;

    /// <summary>Longer than any attempt to deliver a receipt again, which must find the first answer.</summary>
    private static readonly TimeSpan AlwaysKept = TimeSpan.FromSeconds(30);

    /// <summary>How many receipts were removed.</summary>
    public long Receipts { get; private set; }

    /// <summary>How many refused requests were removed.</summary>
    public long Rejected { get; private set; }

    /// <summary>How many facts were removed.</summary>
    public long Facts { get; private set; }

    /// <summary>How many facts lost their body.</summary>
    public long FactBodies { get; private set; }

    /// <summary>How many workflows were deleted.</summary>
    public long Workflows { get; private set; }

    /// <summary>How many parts of the pass, or workflows, failed.</summary>
    public int Failures { get; private set; }

    /// <summary>Runs it.</summary>
    public async Task Run(CancellationToken cancellationToken)
    {
        if (settings.RejectedDays is { } rejectedDays)
        {
            var before = Guid.CreateVersion7(Before(rejectedDays));
            await Attempt(() => RemoveRejected(before, cancellationToken), cancellationToken);
        }

        if (settings.FactDays is { } factDays)
        {
            var before = Guid.CreateVersion7(Before(factDays));
            await Attempt(() => RemoveFacts(before, cancellationToken), cancellationToken);
        }

        if (settings.FactBodyDays is { } bodyDays)
        {
            var before = Guid.CreateVersion7(Before(bodyDays));
            await Attempt(() => RemoveFactBodies(before, cancellationToken), cancellationToken);
        }

        // Before receipts go, because what goes with its workflow need not be folded.
        if (settings.EndedDays is { } endedDays)
            await Attempt(() => DeleteEnded(Before(endedDays), cancellationToken), cancellationToken);

        if (settings.ReceiptDays is { } receiptDays)
            await Attempt(() => RemoveOld(Before(receiptDays), cancellationToken), cancellationToken);

        if (settings.MaxReceipts is { } most)
            await Attempt(() => RemoveSurplus(most, cancellationToken), cancellationToken);
    }

    /// <summary>Runs one part of the pass. If it fails, the others have their turn all the same.</summary>
    private async Task Attempt(Func<Task> part, CancellationToken cancellationToken)
    {
        try
        {
            await part();
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failures++;
            Safely.Log(exception, () => Log.Failed(logger, exception));
        }
    }

    private async Task RemoveRejected(Guid before, CancellationToken cancellationToken) =>
        await RemovePages(
            async () =>
            {
                var removed = await store.RemoveRejected(before, PageSize, cancellationToken);
                Rejected += removed;
                return removed;
            },
            cancellationToken
        );

    private async Task RemoveFacts(Guid before, CancellationToken cancellationToken) =>
        await RemovePages(
            async () =>
            {
                var removed = await store.RemoveFacts(before, PageSize, cancellationToken);
                Facts += removed;
                return removed;
            },
            cancellationToken
        );

    private async Task RemovePages(Func<Task<int>> removePage, CancellationToken cancellationToken)
    {
        int removed;
        do
        {
            removed = await removePage();
            await Pause(cancellationToken);
        } while (removed == PageSize);
    }

    private async Task RemoveFactBodies(Guid before, CancellationToken cancellationToken) =>
        await RemovePages(
            async () =>
            {
                var (lookedAt, removed) = await store.RemoveFactBodies(before, PageSize, cancellationToken);
                FactBodies += removed;
                return lookedAt;
            },
            cancellationToken
        );

    /// <summary>
    /// A workflow with many receipts or facts loses most of them first, so that the commit of its grain is a short one.
    /// </summary>
    private async Task DeleteEnded(DateTimeOffset before, CancellationToken cancellationToken)
    {
        (long, string) after = (long.MinValue, string.Empty);
        while (
            await store.ListEnded(after, before.ToUnixTimeMilliseconds(), PageSize, cancellationToken)
                is { Count: > 0 } page
        )
        {
            foreach (var (changedAt, workflowId, held) in page)
            {
                after = (changedAt, workflowId);
                await Delete(workflowId, held, before, cancellationToken);
                await Pause(cancellationToken);
            }
        }
    }

    private async Task Delete(string workflowId, long held, DateTimeOffset before, CancellationToken cancellationToken)
    {
        try
        {
            var left =
                held <= ReceiptTrimmer.MaxBatch
                    ? held
                    : held - await Trim(workflowId, long.MaxValue, before, cancellationToken);
            if (left > ReceiptTrimmer.MaxBatch)
            {
                Log.WorkflowLeft(logger, workflowId, left);
                return;
            }

            await RemovePages(() => store.RemoveFactsOf(workflowId, PageSize, cancellationToken), cancellationToken);
            if (await grains.Workflow(workflowId).Delete(before))
                (Workflows, Receipts) = (Workflows + 1, Receipts + left);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Its silo may be gone, or have much to do, for the moment; the next pass asks again.
            Safely.Run(() => Log.NotDeleted(logger, exception, workflowId));
        }
    }

    /// <summary>
    /// The ids of receipts ascend with their time. A workflow is trimmed at the sight of its first old receipt.
    /// </summary>
    private async Task RemoveOld(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (after, end) = (Guid.Empty, Guid.CreateVersion7(before));
        while (await store.ListReceipts(after, end, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (
                var workflowId in page.Select(static receipt => receipt.WorkflowId).Distinct(StringComparer.Ordinal)
            )
                await Trim(workflowId, long.MaxValue, before, cancellationToken);

            after = page[^1].Id;
        }
    }

    private async Task RemoveSurplus(int most, CancellationToken cancellationToken)
    {
        var after = string.Empty;
        while (await store.ListHeld(after, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var (workflowId, seq, held) in page)
            {
                if (held > most)
                    await Trim(workflowId, seq - most, Before(days: 0), cancellationToken);
            }

            after = page[^1].WorkflowId;
            await Pause(cancellationToken);
        }
    }

    private async Task<long> Trim(
        string workflowId,
        long throughSeq,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        var total = 0L;
        int removed;
        do
        {
            removed = await TrimBatch(workflowId, throughSeq, before, cancellationToken);
            total += removed;
            await Pause(cancellationToken);
        } while (removed >= ReceiptTrimmer.MaxBatch);

        Receipts += total;
        return total;
    }

    /// <summary>
    /// A workflow that cannot be read, or whose receipts cannot be removed, is left alone; the others have their turn.
    /// </summary>
    private async Task<int> TrimBatch(
        string workflowId,
        long throughSeq,
        DateTimeOffset before,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await trimmer.Trim(workflowId, throughSeq, before.ToUnixTimeMilliseconds(), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Failures++;
            Safely.Log(exception, () => Log.NotTrimmed(logger, exception, workflowId));
            return 0;
        }
    }

    private DateTimeOffset Before(int days) => time.GetUtcNow() - (days == 0 ? AlwaysKept : TimeSpan.FromDays(days));

    private Task Pause(CancellationToken cancellationToken) => Task.Delay(settings.Pause, time, cancellationToken);
}
