namespace Orleans.Workflow.Cluster.Tests;

/// <summary>
/// Tests beside which no other runs: they use the whole machine, or measure how long something takes.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
