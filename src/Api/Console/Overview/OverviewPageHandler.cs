using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Api.Console.Overview;

/// <summary>Reads the overview.</summary>
internal sealed class OverviewPageHandler(
    ConsoleCounts counts,
    ReceiptRates rates,
    SqlReadModel readModel,
    SqlRejectedRequests rejected,
    TimeProvider time
)
{
    private const int Shown = 8;

    /// <summary>Answers with the page.</summary>
    public Task<IResult> Show(HttpContext context) =>
        ConsolePage.Show<OverviewPage, OverviewModel>(() => Read(context.RequestAborted)!);

    private async Task<OverviewModel> Read(CancellationToken cancellationToken)
    {
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
            new WorkflowFilter { SilentSince = time.GetUtcNow() - StateCounts.Silence },
            cancellationToken,
            WorkflowSort.ChangedAt
        );
        var refused = rejected.Latest(Shown, cancellationToken);
        return new OverviewModel
        {
            States = await states,
            Rates = await receipts is { } taken ? RateChart.Of(taken.Value, time.GetUtcNow()) : null,
            Silent = await silent,
            Changed = await changed,
            Odd = Latest(await odd),
            Refused = await refused,
        };
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
