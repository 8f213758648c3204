using Orleans.Workflow.Grains.Explaining;

namespace Orleans.Workflow.Api.Console.WorkflowDetails;

/// <summary>Why a status is what it is.</summary>
/// <param name="Explanation">Of the whole workflow.</param>
/// <param name="Node">The node task that is asked about; null for the workflow itself.</param>
/// <param name="Task">The task of it that is asked about; null for the node task itself.</param>
public sealed record ExplanationModel(Explanation Explanation, NodeExplanation? Node, TaskExplanation? Task)
{
    /// <summary>
    /// The register that is asked about; null of a node task, whose status is derived from its tasks.
    /// </summary>
    public RegisterExplanation? Register => Task?.Register ?? (Node is null ? Explanation.Status : null);
}
