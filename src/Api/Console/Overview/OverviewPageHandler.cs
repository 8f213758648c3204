using System.Collections.Immutable;
using Orleans.Workflow.Api.Console.Health;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Hosting.Processes;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Overview;

/// <summary>Reads the overview.</summary>
internal sealed class OverviewPageHandler(
    ConsoleCounts counts,
    ReceiptRates rates,
    IncidentLog incidents,
    RecentMoves moves,
    EndedCounts ended,
    SqlReadModel readModel,
    SqlRejectedRequests rejected,
    TimeProvider time
)
{
    private const int Shown = 8;

    /// <summary>Answers with the page.</summary>
    public Task<IResult> Show(HttpContext context)
    {
        var isWeek = new ConsoleQuery(context)["trend"] == "7d";
        return ConsolePage.Show<OverviewPage, OverviewModel>(() => Read(isWeek, context.RequestAborted)!);
    }

    private async Task<OverviewModel> Read(bool isWeek, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var states = counts.Get(cancellationToken);
        var receipts = rates.Get(cancellationToken);
        var changed = List(new WorkflowFilter(), cancellationToken);
        var odd = Task.WhenAll(
            Enum.GetValues<AttentionReason>()
                .Select(reason =>
                    List(new WorkflowFilter { Attention = reason, UnreviewedAt = time.GetUtcNow() }, cancellationToken)
                )
        );
        var silent = List(
            new WorkflowFilter { SilentSince = now - StateCounts.Silence },
            cancellationToken,
            WorkflowSort.ChangedAt
        );
        var changes = moves.Get(cancellationToken);
        var trend = ended.Get(cancellationToken);
        var failed = List(
            new WorkflowFilter { Outcome = WorkflowOutcome.Failed, ChangedAfter = now.AddHours(-1) },
            cancellationToken
        );
        var happened = incidents.Get(cancellationToken);
        var refused = rejected.Latest(Shown, cancellationToken);
        return new OverviewModel
        {
            States = await states,
            Rates = await receipts is { } taken ? RateChart.Of(taken.Value, now) : null,
            Moves = (await changes)?.Value,
            Trend = await trend is { } counted ? TrendChart.Of(counted.Value, isWeek, now) : null,
            Failed = await failed,
            Incidents = LastHour(await happened),
            Silent = await silent,
            Changed = await changed,
            Odd = Latest(await odd),
            Refused = await refused,
        };
    }

    private ImmutableArray<ServiceIncident> LastHour(IncidentList list)
    {
        var first = ReceiptRates.FirstMinute(time.GetUtcNow());
        return [.. list.Items.Where(incident => incident.Until is not { } until || until >= first)];
    }

    private async Task<ImmutableArray<WorkflowSummary>> List(
        WorkflowFilter filter,
        CancellationToken cancellationToken,
        WorkflowSort sort = WorkflowSort.ChangedAtDescending
    ) => (await readModel.ListWorkflows(filter, sort, null, Shown, cancellationToken)).Items;

    private static ImmutableArray<WorkflowSummary> Latest(IEnumerable<ImmutableArray<WorkflowSummary>> lists) =>
        [
            .. lists
                .SelectMany(static list => list)
                .DistinctBy(static item => item.WorkflowId)
                .OrderByDescending(static item => item.LastChangedAt)
                .Take(Shown),
        ];
}
