namespace Orleans.Workflow.Grains;

/// <summary>
/// The names of the grains' persisted states, which are also the names of their storage. A row is found by state name and key
/// alone, without the class of the grain, so no two grains may share a name.
/// </summary>
public static class StateNames
{
    /// <summary>The state of a workflow.</summary>
    public const string Workflow = "workflow";

    /// <summary>The state of a node task.</summary>
    public const string NodeTask = "node-task";
}
