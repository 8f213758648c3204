using System.Text;
using System.Text.Json;
using Orleans.Workflow.Grains.Interfaces;
using Orleans.Workflow.Grains.Persistence;
using Orleans.Workflow.Storage.Queries;

namespace Orleans.Workflow.Storage.Tests.Compliance;

/// <summary>The list of workflows said plainly, over rows in memory.</summary>
internal sealed class ListModel(IReadOnlyList<WorkflowRow> workflows)
{
    private static readonly Comparer<string> ByBytes = Comparer<string>.Create(
        static (a, b) => Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(b))
    );

    public IEnumerable<WorkflowRow> Matching(WorkflowFilter filter) =>
        workflows.Where(row =>
            (filter.Phase is null || row.Phase == filter.Phase)
            && (filter.Status is null || row.StatusNormalised == filter.Status)
            && (filter.Outcome is null || row.Outcome == filter.Outcome)
            && (
                filter.NamePrefix is null
                || LowerName(row).StartsWith(filter.NamePrefix.ToLowerInvariant(), StringComparison.Ordinal)
            )
            && (filter.Attention is null || (row.Attention >> (int)filter.Attention.Value) % 2 == 1)
            && (filter.NodeType is null || row.NodeTypes.Contains(filter.NodeType))
            && (filter.ChangedAfter is null || row.ChangedAt > filter.ChangedAfter.Value.ToUnixTimeMilliseconds())
            && (filter.ChangedBefore is null || row.ChangedAt < filter.ChangedBefore.Value.ToUnixTimeMilliseconds())
            && (
                filter.SilentSince is null
                || (
                    row.Phase != WorkflowPhase.Ended
                    && row.LastReceivedAt < filter.SilentSince.Value.ToUnixTimeMilliseconds()
                )
            )
        );

    public List<string> List(WorkflowFilter filter, WorkflowSort sort)
    {
        var rows = Matching(filter).OrderBy(static row => row.WorkflowId, ByBytes);
        return
        [
            .. (
                sort switch
                {
                    WorkflowSort.ChangedAt => rows.OrderBy(static row => row.ChangedAt),
                    WorkflowSort.ChangedAtDescending => rows.OrderBy(static row => row.ChangedAt).Reverse(),
                    WorkflowSort.Name => rows.OrderBy(LowerName, ByBytes),
                    _ => rows.OrderBy(static row => row.FirstReceivedAt),
                }
            ).Select(static row => row.WorkflowId),
        ];
    }

    public List<WorkflowCount> Count(WorkflowFilter filter, WorkflowGrouping grouping) =>
        [
            .. Matching(filter)
                .GroupBy(row => Key(row, grouping))
                .Select(static group => new WorkflowCount(group.Key, group.Count())),
        ];

    private static string? Key(WorkflowRow row, WorkflowGrouping grouping) =>
        grouping switch
        {
            WorkflowGrouping.Phase => Word(row.Phase?.ToString()),
            WorkflowGrouping.Outcome => Word(row.Outcome?.ToString()),
            WorkflowGrouping.Status => row.StatusNormalised,
            _ => row.Name,
        };

    private static string? Word(string? name) =>
        name is null ? null : JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string LowerName(WorkflowRow row) => row.Name?.ToLowerInvariant() ?? string.Empty;
}
