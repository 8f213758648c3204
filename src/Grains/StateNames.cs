namespace Orleans.Workflow.Grains;

/// <summary>
/// The names of the grains' persisted states, which are also the names of their storage. A row is found by state name and key
/// alone, without the class of the grain, so no two grains may share a name.
/// </summary>
public static class StateNames
{
    /// <summary>The state of a workflow.</summary>
    public const string Workflow = "workflow";

    /// <summary>
    /// The last snapshot of a large workflow. Has no storage of its own: it is written in its workflow's commits.
    /// </summary>
    public const string Snapshot = "workflow-snapshot";
}
