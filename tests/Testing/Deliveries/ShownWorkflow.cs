using System.Collections.Immutable;
using System.Text.Json;

namespace Orleans.Workflow.Testing.Deliveries;

/// <summary>A receipt as the product shows it.</summary>
/// <param name="Id">The receipt's id.</param>
/// <param name="Seq">Its place in the order of the fold.</param>
/// <param name="ReceivedAt">When it was received, in Unix milliseconds.</param>
/// <param name="Source">The named sender.</param>
/// <param name="Effect">What it did.</param>
/// <param name="Version">The workflow's version after it.</param>
/// <param name="Body">The body as it was received.</param>
public sealed record ShownReceipt(
    Guid Id,
    long Seq,
    long ReceivedAt,
    string Source,
    string Effect,
    long Version,
    string Body
);

/// <summary>All that the product shows of a workflow over HTTP.</summary>
public sealed record ShownWorkflow
{
    /// <summary>The workflow.</summary>
    public required string WorkflowId { get; init; }

    /// <summary><c>GET /workflows/{workflow_id}</c>.</summary>
    public required JsonElement State { get; init; }

    /// <summary>
    /// <c>GET /workflows/{workflow_id}/receipts</c>, each with what <c>GET /receipts/{id}</c> shows, in the order
    /// shown.
    /// </summary>
    public required ImmutableArray<ShownReceipt> Receipts { get; init; }

    /// <summary><c>GET /workflows/{workflow_id}/history</c>, in the order shown.</summary>
    public required ImmutableArray<JsonElement> History { get; init; }

    /// <summary><c>GET /workflows/{workflow_id}/nodes/{nodetask_id}</c> of each node of the state.</summary>
    public required ImmutableDictionary<string, JsonElement> Nodes { get; init; }

    /// <summary>Its row in <c>GET /workflows</c>; null if it is not listed.</summary>
    public required JsonElement? Row { get; init; }
}
