namespace Orleans.Workflow.Grains.Persistence;

/// <summary>
/// The names of the grains' persisted states. A row is found by state name and key
/// alone, without the class of the grain, so no two grains may share a name.
/// </summary>
public static class StateNames
{
    /// <summary>The state of a workflow.</summary>
    public const string Workflow = "workflow";

    /// <summary>
    /// The last snapshot of a large workflow. It is written in its workflow's commits.
    /// </summary>
    public const string Snapshot = "workflow-snapshot";
}
