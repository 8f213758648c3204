using Orleans.Workflow.Grains.Interfaces;

namespace Orleans.Workflow.Grains.Persistence;

/// <summary>
/// What a workflow takes with it in the commit that deletes it: its receipts and its snapshot.
/// </summary>
/// <param name="Tombstone">The baseline that replaces its receipts.</param>
/// <param name="Snapshot">Names the snapshot of a large state.</param>
public sealed record Removal(BaselineRow Tombstone, GrainStateName Snapshot);

/// <summary>Names a stored state.</summary>
/// <param name="StateName">The state's name.</param>
/// <param name="Key">The key of its grain, made by <see cref="GrainKeys"/>.</param>
public readonly record struct GrainStateName(string StateName, string Key);

/// <summary>The fold of a workflow's first receipts, which replaces them when they are removed.</summary>
/// <param name="WorkflowId">The vendor's id.</param>
/// <param name="Seq">The last receipt that it replaces.</param>
/// <param name="Version">The workflow's version after that receipt.</param>
/// <param name="Vocabulary">The fingerprint of the vocabulary under which the last of them was folded.</param>
/// <param name="State">The folded state, as JSON.</param>
/// <param name="IsDeleted">Whether it is a tombstone.</param>
/// <param name="RemovedThrough">The latest time of receipt among those removed, in Unix milliseconds.</param>
public sealed record BaselineRow(
    string WorkflowId,
    long Seq,
    long Version,
    string Vocabulary,
    string State,
    bool IsDeleted,
    long RemovedThrough
);
