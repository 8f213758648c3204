using System.Text;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// The only place where vendor ids become grain keys. The mapping is injective, and no key looks like a number or a
/// GUID: the ADO.NET provider reads "7b", "7B" and "007b" as one key and splits keys at '+', so a raw id must never be
/// one.
/// </summary>
public static class GrainKeys
{
    /// <summary>What the key of a workflow begins with.</summary>
    public const string WorkflowPrefix = "wf/";

    private const string NodeTaskPrefix = "node/";

    /// <summary>The key of the grain of a workflow.</summary>
    public static string Workflow(string workflowId)
    {
        ArgumentException.ThrowIfNullOrEmpty(workflowId);
        return WorkflowPrefix + workflowId;
    }

    /// <summary>The key of the grain of a node task.</summary>
    public static string NodeTask(string workflowId, string nodeTaskId)
    {
        ArgumentException.ThrowIfNullOrEmpty(workflowId);
        ArgumentException.ThrowIfNullOrEmpty(nodeTaskId);
        return Facts(workflowId, nodeTaskId);
    }

    /// <summary>
    /// The key of the grain that keeps facts: that of a node task, or of what the vendor says without naming one.
    /// </summary>
    /// <param name="workflowId">The workflow; empty for facts that name none.</param>
    /// <param name="nodeTaskId">The node task; empty for facts of the workflow itself.</param>
    public static string Facts(string workflowId, string nodeTaskId) =>
        $"{NodeTaskPrefix}{Escape(workflowId)}/{Escape(nodeTaskId)}";

    /// <summary>The workflow id in a key made by <see cref="Workflow"/>.</summary>
    /// <exception cref="FormatException">The key was not made by <see cref="Workflow"/>.</exception>
    public static string ParseWorkflow(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(WorkflowPrefix, StringComparison.Ordinal) && key.Length > WorkflowPrefix.Length
            ? key[WorkflowPrefix.Length..]
            : throw new FormatException(
                $"'{key}' is not the key of a workflow: make keys with {nameof(GrainKeys)}.{nameof(Workflow)}."
            );
    }

    /// <summary>The ids in a key made by <see cref="NodeTask"/> or <see cref="Facts"/>.</summary>
    /// <exception cref="FormatException">The key was not made by them.</exception>
    public static (string WorkflowId, string NodeTaskId) ParseNodeTask(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return
            key.StartsWith(NodeTaskPrefix, StringComparison.Ordinal)
            && key[NodeTaskPrefix.Length..].Split('/') is [var workflowId, var nodeTaskId]
            ? (Unescape(workflowId), Unescape(nodeTaskId))
            : throw new FormatException(
                $"'{key}' is not the key of a node task: make keys with {nameof(GrainKeys)}.{nameof(NodeTask)}."
            );
    }

    private static string Escape(string id) =>
        id.AsSpan().IndexOfAny('%', '/') < 0
            ? id
            : new StringBuilder(id).Replace("%", "%25").Replace("/", "%2F").ToString();

    private static string Unescape(string id) =>
        id.Contains('%') ? new StringBuilder(id).Replace("%2F", "/").Replace("%25", "%").ToString() : id;
}
