using System.Collections.Immutable;
using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>One notification as it goes over the wire. Each repeat by the vendor is a delivery of its own.</summary>
/// <param name="Number">Its place in the order in which the vendor said it, among the deliveries of the plan.</param>
/// <param name="Source">The source.</param>
/// <param name="Said">What it says.</param>
/// <param name="Body">The body.</param>
public sealed record PlannedDelivery(int Number, string Source, StatusChange Said, ImmutableArray<byte> Body)
{
    /// <summary>The workflow that it is about.</summary>
    public string WorkflowId => Said.WorkflowId;
}
