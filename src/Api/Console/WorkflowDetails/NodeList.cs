using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>The node tasks of a workflow: counts over all of them, and a page of those that are asked for.</summary>
public sealed record NodeList
{
    /// <summary>Up to how many node tasks each has a card; more are rows of a table, in pages.</summary>
    public const int MaxCards = 16;

    /// <summary>How many rows a page has.</summary>
    public const int OnPage = 24;

    /// <summary>How many statuses, and types, are counted each by itself; senders choose how many there are.</summary>
    private const int MaxValues = 8;

    private static readonly NodeGroup[] Groups = Enum.GetValues<NodeGroup>();

    /// <summary>What is asked for.</summary>
    public required NodeFilter Filter { get; init; }

    /// <summary>How many node tasks there are.</summary>
    public required int Total { get; init; }

    /// <summary>How many of them have ended.</summary>
    public required int Ended { get; init; }

    /// <summary>
    /// How many there are of each group. A node task may be in <see cref="NodeGroup.Attention"/> too.
    /// </summary>
    public required ImmutableSortedDictionary<NodeGroup, int> ByGroup { get; init; }

    /// <summary>The statuses, the most frequent first.</summary>
    public required ImmutableArray<NodeCount> ByStatus { get; init; }

    /// <summary>How many statuses are not among them.</summary>
    public required int StatusesLeftOut { get; init; }

    /// <summary>The types, the most frequent first.</summary>
    public required ImmutableArray<NodeCount> ByType { get; init; }

    /// <summary>How many types are not among them.</summary>
    public required int TypesLeftOut { get; init; }

    /// <summary>Why node tasks need a person, by their ids.</summary>
    public required IReadOnlyDictionary<string, ImmutableSortedSet<AttentionReason>> Reasons { get; init; }

    /// <summary>How many node tasks are asked for.</summary>
    public required int Found { get; init; }

    /// <summary>Which page of them this is, from 1.</summary>
    public required int Page { get; init; }

    /// <summary>The page.</summary>
    public required ImmutableArray<NodeTaskView> Items { get; init; }

    /// <summary>Whether there are too many for a card each.</summary>
    public bool IsWide => Total > MaxCards;

    /// <summary>How many pages there are.</summary>
    public int Pages => IsWide ? Math.Max(1, (Found + OnPage - 1) / OnPage) : 1;

    /// <summary>Counts the node tasks of a state, and picks the page that is asked for.</summary>
    /// <param name="state">The workflow.</param>
    /// <param name="listed">Where the vendor listed each node task last.</param>
    /// <param name="filter">What is asked for.</param>
    public static NodeList Of(WorkflowView state, IReadOnlyDictionary<string, int> listed, NodeFilter filter)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(listed);
        ArgumentNullException.ThrowIfNull(filter);
        var reasons = state
            .Attention.Where(static found => found.Subject.NodetaskId is not null)
            .GroupBy(static found => found.Subject.NodetaskId!, StringComparer.Ordinal)
            .ToDictionary(
                static of => of.Key,
                static of => of.Select(static found => found.Kind).ToImmutableSortedSet(),
                StringComparer.Ordinal
            );
        var byGroup = state.Nodes.CountBy(GroupOf).ToDictionary();
        byGroup[NodeGroup.Attention] = state.Nodes.Count(node => reasons.ContainsKey(node.NodetaskId));
        var statuses = Count(state.Nodes, static node => (node.Status, node.Phase, node.Outcome));
        var types = Count(state.Nodes, static node => (node.NodeType, null, null));
        var found = state.Nodes.Where(node => filter.Matches(node, reasons.ContainsKey(node.NodetaskId))).ToList();
        var inOrder = found.OrderBy(node => listed.GetValueOrDefault(node.NodetaskId, int.MaxValue));
        var list = new NodeList
        {
            Filter = filter,
            Total = state.Nodes.Length,
            Ended = state.Nodes.Count(static node => node.Phase == WorkflowPhase.Ended),
            ByGroup = Groups.ToImmutableSortedDictionary(static of => of, of => byGroup.GetValueOrDefault(of)),
            ByStatus = [.. statuses.Take(MaxValues)],
            StatusesLeftOut = Math.Max(0, statuses.Count - MaxValues),
            ByType = [.. types.Take(MaxValues)],
            TypesLeftOut = Math.Max(0, types.Count - MaxValues),
            Reasons = reasons,
            Found = found.Count,
            Page = 1,
            Items = [],
        };
        if (!list.IsWide)
            return list with { Items = [.. inOrder] };

        var page = Math.Clamp(filter.Page, 1, list.Pages);
        return list with
        {
            Page = page,
            Items =
            [
                .. inOrder
                    .OrderBy(node => Rank(node, reasons.GetValueOrDefault(node.NodetaskId)))
                    .Skip((page - 1) * OnPage)
                    .Take(OnPage),
            ],
        };
    }

    /// <summary>The group of a node task by its status.</summary>
    public static NodeGroup GroupOf(NodeTaskView node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return (node.Phase, node.Outcome) switch
        {
            (WorkflowPhase.Scheduled, _) => NodeGroup.Scheduled,
            (WorkflowPhase.Active, _) => NodeGroup.Active,
            (WorkflowPhase.Ended, WorkflowOutcome.Failed) => NodeGroup.Failed,
            (WorkflowPhase.Ended, WorkflowOutcome.Cancelled) => NodeGroup.Cancelled,
            (WorkflowPhase.Ended, _) => NodeGroup.Completed,
            _ => NodeGroup.Unknown,
        };
    }

    /// <summary>
    /// Problems first: failed, then by the reason to look, then what still runs, then what has ended.
    /// </summary>
    private static int Rank(NodeTaskView node, ImmutableSortedSet<AttentionReason>? reasons) =>
        (GroupOf(node), reasons) switch
        {
            (NodeGroup.Failed, _) => 0,
            (_, [var reason, ..]) => 1 + (int)reason,
            (var group, _) => 100 + (int)group,
        };

    private static List<NodeCount> Count(
        ImmutableArray<NodeTaskView> nodes,
        Func<NodeTaskView, (string? Value, WorkflowPhase? Phase, WorkflowOutcome? Outcome)> by
    ) =>
        [
            .. nodes
                .CountBy(by)
                .OrderByDescending(static counted => counted.Value)
                .ThenBy(static counted => counted.Key.Value, StringComparer.Ordinal)
                .Select(static counted => new NodeCount(
                    counted.Key.Value,
                    counted.Key.Phase,
                    counted.Key.Outcome,
                    counted.Value
                )),
        ];
}

/// <summary>How many node tasks have a status or a type.</summary>
/// <param name="Value">The status or type, as received; null of those without a status.</param>
/// <param name="Phase">The phase of the status.</param>
/// <param name="Outcome">The outcome of the status.</param>
/// <param name="Count">How many.</param>
public sealed record NodeCount(string? Value, WorkflowPhase? Phase, WorkflowOutcome? Outcome, int Count);
