using System.Collections.Immutable;
using Orleans.Workflow.Api.Console.Facts;
using Orleans.Workflow.Api.Console.Operators;
using Orleans.Workflow.Api.Queries;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Notifications;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Grains.Replays;
using Orleans.Workflow.Grains.Workflows;
using Orleans.Workflow.Hosting.Settings;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>Reads the page of a workflow.</summary>
internal sealed class WorkflowPageHandler(
    WorkflowGrains grains,
    GrainCalls calls,
    SqlReadModel readModel,
    ConsoleQueries queries,
    IReceiptHistory history,
    WorkflowReplay replay,
    StateQueries states,
    ListProgressReader progress,
    ReviewHandler reviews,
    MissingWorkflow missing,
    HostSettings settings,
    TimeProvider time
)
{
    /// <summary>How many of the latest changes are drawn, and how many of a version are read.</summary>
    private const int MaxChanges = 1_000;

    /// <summary>How many older receipts are searched for changes of the workflow's own status.</summary>
    private const int MaxSearched = 10_000;

    private const int ReceiptsDrawn = 200;
    private const int ReceiptsOnPage = 20;

    /// <summary>What is said of a workflow that is not there.</summary>
    public const string Missing =
        "Nothing is known of this workflow, or not of this version. A workflow appears with its first notification.";

    /// <summary>Answers with the page.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters("workflow_id", "version", "before");
        var workflowId = RawPath.Id(context, parameters, 2, "workflow_id");
        var version = parameters.Number("version", 1, long.MaxValue);
        var before = parameters.Number("before", 1, long.MaxValue);
        if (parameters.Error is { } error)
            return ConsolePage.BadRequest(error);

        return await ConsolePage.Show<WorkflowPage, WorkflowModel>(
            () => Read(query, workflowId, version, before, context.RequestAborted),
            () => missing.Page(workflowId, version, Missing, context.RequestAborted)
        );
    }

    private async Task<WorkflowModel?> Read(
        ConsoleQuery query,
        string workflowId,
        long? version,
        long? before,
        CancellationToken cancellationToken
    )
    {
        var grain = grains.Workflow(workflowId);
        if (await calls.Call(() => grain.GetState(), cancellationToken) is not { } state)
            return null;

        var shown =
            version is { } wanted && wanted != state.Version
                ? await AsItWas(workflowId, wanted, cancellationToken)
                : await states.WithFacts(state, cancellationToken);
        if (shown is null)
            return null;

        // Not beyond the state: a change that was committed after it was read comes with the next page.
        var all = await queries.LatestTransitions(workflowId, MaxChanges, cancellationToken);
        ImmutableArray<TransitionSummary> changes = [.. all.Where(change => change.Version <= state.Version)];
        var oldest =
            changes is [var first, ..] && (first.Version > 1 || first.Ordinal > 0)
                ? await queries.OldestStatusChanges(
                    workflowId,
                    first.Ordinal == 0 ? first.Seq : first.Seq + 1,
                    MaxSearched,
                    cancellationToken
                )
                : new StatusHistory([], null);
        var latest = await queries.LatestReceipts(workflowId, null, ReceiptsDrawn, cancellationToken);
        var page = await queries.LatestReceipts(
            workflowId,
            before is { } seq ? new ReceiptPosition(seq) : null,
            ReceiptsOnPage,
            cancellationToken
        );
        var scale = new TimeScale(
            state.FirstReceivedAt,
            state.Phase == WorkflowPhase.Ended ? state.LastReceivedAt : time.GetUtcNow()
        );
        var listed = await Listed(latest.Items, cancellationToken);
        return new WorkflowModel
        {
            Listed = listed,
            State = shown,
            Latest = state.Version,
            Progress =
                shown.Facts?.ContainsKey(FactKind.ListCompletion) == true
                    ? await progress.Get(workflowId, cancellationToken)
                    : null,
            Timeline = Timeline.Of(
                new TimelineData(state, changes, oldest, latest.Items, listed, latest.Next is not null),
                scale,
                settings.Vocabulary.Ranking
            ),
            Changes = await ChangesOf(workflowId, shown.Version, changes, cancellationToken),
            Receipts = page.Items,
            Review = shown.Version == state.Version ? await reviews.Read(shown, cancellationToken) : null,
            Older = page.Next is { } place ? query.With(("before", $"{place.Seq}")) : null,
        };
    }

    private async Task<WorkflowView?> AsItWas(string workflowId, long version, CancellationToken cancellationToken) =>
        await history.FindVersion(workflowId, version, cancellationToken) is { } place
        && await replay.AsItWas(workflowId, place, null, cancellationToken) is { } replayed
            ? Views.Of(replayed.State, replayed.Vocabulary.Ranking)
            : null;

    private async Task<ImmutableArray<TransitionSummary>> ChangesOf(
        string workflowId,
        long version,
        ImmutableArray<TransitionSummary> latest,
        CancellationToken cancellationToken
    )
    {
        if (latest.Any(change => change.Version == version && change.Ordinal == 0))
            return [.. latest.Where(change => change.Version == version)];

        if (await history.FindVersion(workflowId, version, cancellationToken) is not { } seq)
            return [];

        var page = await readModel.ListTransitions(
            workflowId,
            new TransitionPosition(seq - 1, int.MaxValue),
            MaxChanges,
            cancellationToken
        );
        return [.. page.Items.Where(change => change.Version == version)];
    }

    private async Task<IReadOnlyDictionary<string, int>> Listed(
        ImmutableArray<ReceiptSummary> receipts,
        CancellationToken cancellationToken
    )
    {
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        if (
            receipts.FirstOrDefault(static receipt => receipt.Kind == ReceiptKind.Notification) is not { } last
            || await readModel.FindReceipt(last.ReceiptId, cancellationToken) is not { Body: var body }
        )
            return places;

        foreach (var action in NotificationReader.Read(body).Notification?.Actions ?? [])
            places.TryAdd(action.NodeTaskId, places.Count);

        return places;
    }
}
