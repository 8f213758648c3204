using System.Text;

namespace Orleans.Workflow.Grains.Interfaces;

/// <summary>
/// The only place where vendor ids become grain keys. The mapping is injective, and no key looks like a number or a GUID: the
/// ADO.NET provider reads "7b", "7B" and "007b" as one key and splits keys at '+', so a raw id must never be one.
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
        return $"{NodeTaskPrefix}{Escape(workflowId)}/{Escape(nodeTaskId)}";
    }

    /// <summary>The workflow id in a key made by <see cref="Workflow"/>.</summary>
    /// <exception cref="FormatException">The key was not made by <see cref="Workflow"/>.</exception>
    public static string ParseWorkflow(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(WorkflowPrefix, StringComparison.Ordinal) && key.Length > WorkflowPrefix.Length
            ? key[WorkflowPrefix.Length..]
            : throw new FormatException($"'{key}' is not the key of a workflow: make keys with {nameof(GrainKeys)}.{nameof(Workflow)}.");
    }

    /// <summary>The ids in a key made by <see cref="NodeTask"/>.</summary>
    /// <exception cref="FormatException">The key was not made by <see cref="NodeTask"/>.</exception>
    public static (string WorkflowId, string NodeTaskId) ParseNodeTask(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return key.StartsWith(NodeTaskPrefix, StringComparison.Ordinal)
            && key[NodeTaskPrefix.Length..].Split('/') is [{ Length: > 0 } workflowId, { Length: > 0 } nodeTaskId]
            ? (Unescape(workflowId), Unescape(nodeTaskId))
            : throw new FormatException($"'{key}' is not the key of a node task: make keys with {nameof(GrainKeys)}.{nameof(NodeTask)}.");
    }

    private static string Escape(string id) =>
        id.AsSpan().IndexOfAny('%', '/') < 0
            ? id
            : new StringBuilder(id).Replace("%", "%25").Replace("/", "%2F").ToString();

    private static string Unescape(string id) =>
        id.Contains('%')
            ? new StringBuilder(id).Replace("%2F", "/").Replace("%25", "%").ToString()
            : id;
}
