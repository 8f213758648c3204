using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>
/// The history of one workflow as a faithful vendor sends it: one whole snapshot after each move, in order.
/// </summary>
/// <param name="WorkflowId">The workflow.</param>
/// <param name="Snapshots">What the vendor says, oldest first; never empty.</param>
public sealed record Campaign(string WorkflowId, ImmutableArray<StatusChange> Snapshots)
{
    /// <summary>The source that sends when nothing else is said: the product's default one.</summary>
    public const string DefaultSource = "airudder";

    /// <summary>The snapshots as they would be delivered if nothing went wrong.</summary>
    public ImmutableArray<Delivery> Deliveries(string source = DefaultSource) =>
        [.. Snapshots.Select(snapshot => new Delivery(source, snapshot))];
}
