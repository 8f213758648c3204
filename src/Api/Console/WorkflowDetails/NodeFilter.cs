using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>What node tasks are grouped by, those first that an operator looks for first.</summary>
public enum NodeGroup
{
    /// <summary>Ended, failed.</summary>
    Failed,

    /// <summary>It, or a task of it, is a reason for a person to look.</summary>
    Attention,

    /// <summary>Active.</summary>
    Active,

    /// <summary>Scheduled.</summary>
    Scheduled,

    /// <summary>Without a status.</summary>
    Unknown,

    /// <summary>Ended, cancelled.</summary>
    Cancelled,

    /// <summary>Ended, completed.</summary>
    Completed,
}

/// <summary>Which node tasks of a workflow are asked for: those that meet every condition that is given.</summary>
public sealed record NodeFilter
{
    /// <summary>The parameters of the address that it is read from.</summary>
    public static readonly string[] Names = ["nodes", "status", "node_type", "q", "page"];

    /// <summary>The group.</summary>
    public NodeGroup? Group { get; init; }

    /// <summary>The status, as received.</summary>
    public string? Status { get; init; }

    /// <summary>The type, as received.</summary>
    public string? Type { get; init; }

    /// <summary>A text within the id, the name or the type, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>The page, from 1.</summary>
    public int Page { get; init; } = 1;

    /// <summary>Whether it leaves anything out.</summary>
    public bool IsSet => (Group, Status, Type, Search) is not (null, null, null, null);

    /// <summary>Whether a node task is asked for.</summary>
    /// <param name="node">The node task.</param>
    /// <param name="needsAttention">Whether it is a reason for a person to look.</param>
    public bool Matches(NodeTaskView node, bool needsAttention)
    {
        ArgumentNullException.ThrowIfNull(node);
        return (Group is null || (Group == NodeGroup.Attention ? needsAttention : Group == NodeList.GroupOf(node)))
            && (Status is null || node.Status == Status)
            && (Type is null || node.NodeType == Type)
            && (
                Search is not { } text
                || Contains(node.NodetaskId, text)
                || Contains(node.NodetaskName, text)
                || Contains(node.NodeType, text)
            );
    }

    private static bool Contains(string all, string text) => all.Contains(text, StringComparison.OrdinalIgnoreCase);
}
