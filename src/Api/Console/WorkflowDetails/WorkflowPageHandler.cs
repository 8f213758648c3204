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

    /// <summary>How many node tasks have a lane in the timeline at most.</summary>
    private const int MaxLanes = 40;

    private const int ReceiptsDrawn = 200;
    private const int ReceiptsOnPage = 20;

    /// <summary>Among how many of the latest receipts the last notification is looked for, which has the order of the
    /// node tasks: the others are refolds.</summary>
    private const int ReceiptsSearched = 5;

    /// <summary>What is said of a workflow that is not there.</summary>
    public const string Missing =
        "Nothing is known of this workflow, or not of this version. A workflow appears with its first notification.";

    /// <summary>Answers with the page.</summary>
    public async Task<IResult> Show(HttpContext context)
    {
        var query = new ConsoleQuery(context);
        var parameters = query.Parameters(["workflow_id", "version", "before", "view", .. NodeFilter.Names]);
        var asked = new Asked(
            query,
            RawPath.Id(context, parameters, 2, "workflow_id"),
            parameters.Number("version", 1, long.MaxValue),
            parameters.Number("before", 1, long.MaxValue),
            parameters.Word<WorkflowPart>("view"),
            new NodeFilter
            {
                Group = parameters.Word<NodeGroup>("nodes"),
                Status = parameters.Text("status"),
                Type = parameters.Text("node_type"),
                Search = parameters.Text("q")?.Trim() is { Length: > 0 } text ? text : null,
                Page = (int)(parameters.Number("page", 1, int.MaxValue) ?? 1),
            }
        );
        if (parameters.Error is { } error)
            return ConsolePage.BadRequest(error);

        return await ConsolePage.Show<WorkflowPage, WorkflowModel>(
            () => Read(context.Request, asked, context.RequestAborted),
            () => missing.Page(asked.WorkflowId, asked.Version, Missing, context.RequestAborted)
        );
    }

    private async Task<WorkflowModel?> Read(HttpRequest request, Asked asked, CancellationToken cancellationToken)
    {
        var workflowId = asked.WorkflowId;
        var grain = grains.Workflow(workflowId);
        if (await calls.Call(() => grain.GetState(), cancellationToken) is not { } state)
            return null;

        var shown =
            asked.Version is { } wanted && wanted != state.Version
                ? await AsItWas(workflowId, wanted, cancellationToken)
                : await states.WithFacts(state, cancellationToken);
        if (shown is null)
            return null;

        // What is not on the page is not read: the page of a wide workflow is read again at each change of it.
        WorkflowPart? part = shown.Nodes.Length > NodeList.MaxCards ? asked.Part ?? WorkflowPart.Nodes : null;
        var latest = await queries.LatestReceipts(
            workflowId,
            null,
            part is null or WorkflowPart.Timeline ? ReceiptsDrawn : ReceiptsSearched,
            cancellationToken
        );
        var listed = await Listed(latest.Items, cancellationToken);
        var isOver = shown.Phase == WorkflowPhase.Ended || shown.Version < state.Version;
        var model = new WorkflowModel
        {
            Query = asked.Query,
            State = shown,
            Latest = state.Version,
            Nodes = NodeList.Of(shown, listed, asked.Nodes),
            Part = part,
            Addresses = WorkflowAddresses.Of(request, workflowId),
            Duration = (isOver ? shown.LastReceivedAt : time.GetUtcNow()) - shown.FirstReceivedAt,
            Progress =
                shown.Facts?.ContainsKey(FactKind.ListCompletion) == true
                    ? await progress.Get(workflowId, cancellationToken)
                    : null,
            Review = shown.Version == state.Version ? await reviews.Read(shown, cancellationToken) : null,
        };
        if (model.Shows(WorkflowPart.Timeline) || model.Shows(WorkflowPart.Changes))
            model = await WithChanges(model, state, latest, listed, cancellationToken);

        if (!model.Shows(WorkflowPart.Receipts))
            return model;

        var page = await queries.LatestReceipts(
            workflowId,
            asked.Before is { } seq ? new ReceiptPosition(seq) : null,
            ReceiptsOnPage,
            cancellationToken
        );
        return model with
        {
            Receipts = page.Items,
            Older = page.Next is { } place ? asked.Query.With(("before", $"{place.Seq}")) : null,
        };
    }

    private async Task<WorkflowModel> WithChanges(
        WorkflowModel model,
        WorkflowView state,
        Page<ReceiptSummary, ReceiptPosition> latest,
        IReadOnlyDictionary<string, int> listed,
        CancellationToken cancellationToken
    )
    {
        // Not beyond the state: a change that was committed after it was read comes with the next page.
        var all = await queries.LatestTransitions(state.WorkflowId, MaxChanges, cancellationToken);
        ImmutableArray<TransitionSummary> changes = [.. all.Where(change => change.Version <= state.Version)];
        if (!model.Shows(WorkflowPart.Timeline))
            return model with { Changes = await ChangesOf(model.State, changes, cancellationToken) };

        var oldest =
            changes is [var first, ..] && (first.Version > 1 || first.Ordinal > 0)
                ? await queries.OldestStatusChanges(
                    state.WorkflowId,
                    first.Ordinal == 0 ? first.Seq : first.Seq + 1,
                    MaxSearched,
                    cancellationToken
                )
                : new StatusHistory([], null);
        var scale = new TimeScale(
            state.FirstReceivedAt,
            state.Phase == WorkflowPhase.Ended ? state.LastReceivedAt : time.GetUtcNow()
        );
        var timeline = Timeline.Of(
            new TimelineData(state, changes, oldest, latest.Items, listed, latest.Next is not null),
            scale,
            settings.Vocabulary.Ranking,
            MaxLanes
        );
        return model with
        {
            Timeline = timeline,
            Changes = model.Shows(WorkflowPart.Changes) ? await ChangesOf(model.State, changes, cancellationToken) : [],
        };
    }

    private async Task<WorkflowView?> AsItWas(string workflowId, long version, CancellationToken cancellationToken) =>
        await history.FindVersion(workflowId, version, cancellationToken) is { } place
        && await replay.AsItWas(workflowId, place, null, cancellationToken) is { } replayed
            ? Views.Of(replayed.State, replayed.Vocabulary.Ranking)
            : null;

    private async Task<ImmutableArray<TransitionSummary>> ChangesOf(
        WorkflowView shown,
        ImmutableArray<TransitionSummary> latest,
        CancellationToken cancellationToken
    )
    {
        var (workflowId, version) = (shown.WorkflowId, shown.Version);
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

    /// <summary>What the address asks for.</summary>
    /// <param name="Query">The address.</param>
    /// <param name="WorkflowId">The workflow.</param>
    /// <param name="Version">The version; null for the present one.</param>
    /// <param name="Before">Which receipts: those before this one; null for the latest.</param>
    /// <param name="Part">The part; null for the first, or for all.</param>
    /// <param name="Nodes">The node tasks.</param>
    private sealed record Asked(
        ConsoleQuery Query,
        string WorkflowId,
        long? Version,
        long? Before,
        WorkflowPart? Part,
        NodeFilter Nodes
    );
}
