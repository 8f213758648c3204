using System.Collections.Immutable;
using Orleans.Workflow.Grains.Domain;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>One notification as it goes over the wire. Who says the same thing twice sends two parcels.</summary>
/// <param name="Number">Its place in the order in which the vendor said it, among the parcels of the plan.</param>
/// <param name="Source">Who sends it.</param>
/// <param name="Said">What it says.</param>
/// <param name="Body">The body.</param>
public sealed record Parcel(int Number, string Source, Notification Said, ImmutableArray<byte> Body)
{
    /// <summary>The workflow that it is about.</summary>
    public string WorkflowId => Said.WorkflowId;
}
