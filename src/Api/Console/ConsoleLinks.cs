using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console;

/// <summary>Addresses in the console. Ids are percent-encoded as a whole, a slash too.</summary>
public static class ConsoleLinks
{
    /// <summary>What tells a page that something changed: it is read anew then, so it needs no changes, and a few signs a second will do.</summary>
    public const string Events = "/events" + Signs;

    private const string Signs = "?every=200ms";

    /// <summary>What tells the page of a workflow that it changed.</summary>
    public static string EventsOf(string workflowId) => $"/workflows/{Uri.EscapeDataString(workflowId)}/events{Signs}";

    /// <summary>The page of a workflow.</summary>
    public static string Workflow(string workflowId) => $"/console/workflows/{Uri.EscapeDataString(workflowId)}";

    /// <summary>The page of a workflow as it was at a version.</summary>
    public static string WorkflowAt(string workflowId, long version) => $"{Workflow(workflowId)}?version={version}";

    /// <summary>The page that explains a status: of the workflow, of a node task, or of a task of it.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="nodeTaskId">The node task; null for the workflow itself.</param>
    /// <param name="taskId">The task; null for the node task itself, empty for its anonymous task.</param>
    public static string Explanation(string workflowId, string? nodeTaskId = null, string? taskId = null) => (nodeTaskId, taskId) switch
    {
        (null, _) => $"{Workflow(workflowId)}/explain",
        ({ } node, null) => $"{Workflow(workflowId)}/explain?node={Uri.EscapeDataString(node)}",
        ({ } node, "") => $"{Workflow(workflowId)}/explain?node={Uri.EscapeDataString(node)}&anonymous=true",
        ({ } node, { } task) => $"{Workflow(workflowId)}/explain?node={Uri.EscapeDataString(node)}&task={Uri.EscapeDataString(task)}",
    };

    /// <summary>The page of a receipt.</summary>
    public static string Receipt(Guid receiptId) => $"/console/receipts/{receiptId}";

    /// <summary>The page of a refused request.</summary>
    public static string Refused(Guid id) => $"/console/refused/{id}";

    /// <summary>The workflows that need a person for a reason.</summary>
    public static string Attention(AttentionReason reason) => $"/console/workflows?attention={ConsoleWords.Snake(reason)}";
}
