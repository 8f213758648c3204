using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Api.Console;

/// <summary>
/// Addresses in the console. Ids are percent-encoded as a whole; one that a proxy may break in a path is in the query.
/// </summary>
public static class ConsoleLinks
{
    /// <summary>
    /// The feed of a page: the page reads itself again after each event. The events carry no changes, and a few a
    /// second are enough.
    /// </summary>
    public const string Events = "/events?" + Hints;

    /// <summary>The page of the processes and incidents.</summary>
    public const string Health = "/console/health";

    private const string Hints = "every=200ms&include=facts";

    /// <summary>The feed of the page of a workflow.</summary>
    public static string EventsOf(string workflowId) => And(Json(workflowId, "/events"), Hints);

    /// <summary>The page of a workflow.</summary>
    public static string Workflow(string workflowId) => "/console" + Json(workflowId);

    /// <summary>The page of a workflow as it was at a version.</summary>
    public static string WorkflowAt(string workflowId, long version) => And(Workflow(workflowId), $"version={version}");

    /// <summary>The address of a workflow in the HTTP contract.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="what">The part of it, such as <c>/history</c>; empty for its state.</param>
    public static string Json(string workflowId, string what = "") =>
        IsSafeInPath(workflowId)
            ? $"/workflows/{Uri.EscapeDataString(workflowId)}{what}"
            : $"/workflows/-{what}?workflow_id={Uri.EscapeDataString(workflowId)}";

    /// <summary>The address of a node task in the HTTP contract.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="nodeTaskId">The node task.</param>
    /// <param name="what">The part of it, such as <c>/facts</c>; empty for its state.</param>
    public static string NodeJson(string workflowId, string nodeTaskId, string what = "") =>
        IsSafeInPath(nodeTaskId)
            ? Json(workflowId, $"/nodes/{Uri.EscapeDataString(nodeTaskId)}{what}")
            : And(Json(workflowId, $"/nodes/-{what}"), $"nodetask_id={Uri.EscapeDataString(nodeTaskId)}");

    /// <summary>The page that lists facts of a workflow or of a node task.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="nodeTaskId">The node task; null for the workflow with all its nodes.</param>
    /// <param name="kind">Those of a kind; null for all.</param>
    /// <param name="value">Those with a value; null for all.</param>
    public static string Facts(
        string workflowId,
        string? nodeTaskId = null,
        FactKind? kind = null,
        string? value = null
    )
    {
        const string What = "/facts";
        var page = "/console" + (nodeTaskId is null ? Json(workflowId, What) : NodeJson(workflowId, nodeTaskId, What));
        if (kind is { } one)
            page = And(page, $"kind={ConsoleWords.Snake(one)}");

        return value is null ? page : And(page, $"value={Uri.EscapeDataString(value)}");
    }

    /// <summary>The facts about an entry of a list, in any workflow.</summary>
    public static string FactsOfCase(string caseId) => $"/console/facts?case_id={Uri.EscapeDataString(caseId)}";

    /// <summary>The facts about a person, in any workflow.</summary>
    public static string FactsOfCallee(string callee) => $"/console/facts?callee={Uri.EscapeDataString(callee)}";

    /// <summary>The page that explains a status: of the workflow, of a node task, or of a task of it.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="nodeTaskId">The node task; null for the workflow itself.</param>
    /// <param name="taskId">The task; null for the node task itself, empty for its anonymous task.</param>
    public static string Explanation(string workflowId, string? nodeTaskId = null, string? taskId = null)
    {
        var page = "/console" + Json(workflowId, "/explain");
        return (nodeTaskId, taskId) switch
        {
            (null, _) => page,
            ({ } node, null) => And(page, $"node={Uri.EscapeDataString(node)}"),
            ({ } node, "") => And(page, $"node={Uri.EscapeDataString(node)}&anonymous=true"),
            ({ } node, { } task) => And(page, $"node={Uri.EscapeDataString(node)}&task={Uri.EscapeDataString(task)}"),
        };
    }

    /// <summary>Everything else that was reported of a name, in the HTTP contract.</summary>
    /// <param name="workflowId">The workflow.</param>
    /// <param name="nodeTaskId">The node task whose name it is; null for the workflow's.</param>
    /// <param name="name">Which name, as the contract calls it.</param>
    public static string OverruledJson(string workflowId, string? nodeTaskId, string name)
    {
        var all = And(Json(workflowId, "/explain/overruled"), $"name={name}");
        return nodeTaskId is null ? all : And(all, $"nodetask_id={Uri.EscapeDataString(nodeTaskId)}");
    }

    /// <summary>The place of an incident on the page of the service.</summary>
    public static string Incident(Guid id) => $"{Health}#incident-{id:N}";

    /// <summary>The page of a receipt.</summary>
    public static string Receipt(Guid receiptId) => $"/console/receipts/{receiptId}";

    /// <summary>The page of a refused request.</summary>
    public static string Refused(Guid id) => $"/console/refused/{id}";

    /// <summary>The workflows that need a person for a reason.</summary>
    public static string Attention(AttentionReason reason) =>
        $"/console/workflows?attention={ConsoleWords.Snake(reason)}";

    /// <summary>Those of them whose attention nobody has put aside.</summary>
    public static string Unreviewed(AttentionReason reason) => Attention(reason) + "&unreviewed=true";

    /// <summary>Where the form about a workflow's attention is sent.</summary>
    public static string Review(string workflowId) => "/console" + Json(workflowId, "/review");

    /// <summary>What operators did; with one subject if there is one.</summary>
    public static string Actions(string? subject = null) =>
        "/console/actions" + (subject is null ? null : $"?subject={Uri.EscapeDataString(subject)}");

    /// <summary>Whether every proxy leaves an id alone in a path: it has no slash, and is no dots alone.</summary>
    private static bool IsSafeInPath(string id) => !id.Contains('/') && id is not ("." or ".." or "-");

    private static string And(string address, string query) => $"{address}{(address.Contains('?') ? '&' : '?')}{query}";
}
