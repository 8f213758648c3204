using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Orleans.Workflow.Domain;

/// <summary>
/// All that is known of a workflow: the fold of its receipts. Immutable; holds no history. The short names are those of
/// the persisted JSON.
/// </summary>
public sealed record WorkflowState
{
    /// <summary>At the end of a fingerprint: not all receipts were folded under it.</summary>
    public const char Mixed = '+';

    private readonly ImmutableArray<NodeState> _nodes = [];
    private NodeTotals? _totals;

    /// <summary>Vendor field <c>workflow_id</c>.</summary>
    [JsonPropertyName("i")]
    public required string WorkflowId { get; init; }

    /// <summary>Vendor field <c>workflow_name</c> of a status change; null until one was reported.</summary>
    [JsonPropertyName("n")]
    public string? ReportedName { get; init; }

    /// <summary>
    /// Its name in facts, which is shown until a status change reports one; empty if they name it not. Null without
    /// facts.
    /// </summary>
    [JsonPropertyName("ln")]
    public string? LentName { get; init; }

    /// <summary>The name as it is shown; null if nothing was said of it.</summary>
    [JsonIgnore]
    public string? Name => ReportedName ?? LentName;

    /// <summary>Whether there are facts of it or of its nodes.</summary>
    [JsonIgnore]
    public bool HasFacts => LentName is not null;

    /// <summary>The register of the workflow's own status; null until one was reported.</summary>
    [JsonPropertyName("w")]
    public StatusRegister? Status { get; init; }

    /// <summary>The node tasks, ascending by id (ordinal): the order does not depend on arrival.</summary>
    [JsonPropertyName("t")]
    public ImmutableArray<NodeState> Nodes
    {
        get => _nodes;
        init => (_nodes, _totals) = (value, null);
    }

    /// <summary>The sources that reported it, ascending (ordinal).</summary>
    [JsonPropertyName("o")]
    public ImmutableArray<string> Sources { get; init; } = [];

    /// <summary>How many receipts changed the state.</summary>
    [JsonPropertyName("v")]
    public long Version { get; init; }

    /// <summary>The sequence number of the last receipt folded: how many there were.</summary>
    [JsonPropertyName("s")]
    public long Seq { get; init; }

    /// <summary>The earliest time of receipt, in Unix milliseconds.</summary>
    [JsonPropertyName("a")]
    public long FirstReceivedAt { get; init; }

    /// <summary>The latest time of receipt, in Unix milliseconds.</summary>
    [JsonPropertyName("z")]
    public long LastReceivedAt { get; init; }

    /// <summary>The latest time of a receipt that changed the state, in Unix milliseconds.</summary>
    [JsonPropertyName("c")]
    public long LastChangedAt { get; init; }

    /// <summary>
    /// The <see cref="Vocabulary.Fingerprint"/> under which the receipts were folded; with <see cref="Mixed"/> at its
    /// end if some were folded under another since.
    /// </summary>
    [JsonPropertyName("f")]
    public string Fingerprint { get; init; } = string.Empty;

    /// <summary>Whether the workflow was deleted: a tombstone, which nothing brings back to life.</summary>
    [JsonPropertyName("d")]
    public bool IsDeleted { get; init; }

    /// <summary>Follows from <see cref="Nodes"/>, and must be set after them; computed on its first use.</summary>
    [JsonIgnore]
    public NodeTotals Totals
    {
        get => _totals ??= NodeTotals.Of(_nodes);
        init => _totals = value;
    }

    /// <summary>A workflow of which nothing is known yet.</summary>
    public static WorkflowState Unknown(string workflowId) => new() { WorkflowId = workflowId };

    /// <summary>
    /// What remains when the workflow is deleted: how it ended and how many receipts it had, no name and no nodes.
    /// </summary>
    public WorkflowState ToTombstone() =>
        this with
        {
            IsDeleted = true,
            ReportedName = null,
            LentName = null,
            Nodes = [],
            Sources = [],
        };

    /// <summary>The state after receipts that changed nothing else.</summary>
    /// <param name="seq">How many receipts there were.</param>
    /// <param name="lastReceivedAt">The latest time of receipt, in Unix milliseconds.</param>
    public WorkflowState Received(long seq, long lastReceivedAt) =>
        seq <= Seq && lastReceivedAt <= LastReceivedAt
            ? this
            : this with
            {
                Seq = Math.Max(Seq, seq),
                LastReceivedAt = Math.Max(LastReceivedAt, lastReceivedAt),
            };

    /// <summary>Finds a node by its id.</summary>
    public NodeState? FindNode(string nodeTaskId)
    {
        int low = 0,
            high = Nodes.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(Nodes[middle].NodeTaskId, nodeTaskId);
            if (order == 0)
                return Nodes[middle];

            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return null;
    }
}

/// <summary>What is known of a node task.</summary>
public sealed record NodeState
{
    /// <summary>Vendor field <c>nodetask_id</c>.</summary>
    [JsonPropertyName("i")]
    public required string NodeTaskId { get; init; }

    /// <summary>Vendor field <c>nodetask_name</c>; null until one was reported.</summary>
    [JsonPropertyName("n")]
    public string? ReportedName { get; init; }

    /// <summary>Vendor field <c>node_type</c>; null until one was reported.</summary>
    [JsonPropertyName("y")]
    public string? ReportedType { get; init; }

    /// <summary>As <see cref="WorkflowState.LentName"/>.</summary>
    [JsonPropertyName("ln")]
    public string? LentName { get; init; }

    /// <summary>Its type in facts, which is shown until a status change reports one; null if they say nothing of
    /// it.</summary>
    [JsonPropertyName("ly")]
    public string? LentType { get; init; }

    /// <summary>The name as it is shown.</summary>
    [JsonIgnore]
    public string Name => ReportedName ?? LentName ?? string.Empty;

    /// <summary>The type as it is shown.</summary>
    [JsonIgnore]
    public string NodeType => ReportedType ?? LentType ?? string.Empty;

    /// <summary>Whether there are facts of it.</summary>
    [JsonIgnore]
    public bool HasFacts => LentName is not null;

    /// <summary>The tasks, the anonymous one first, then ascending by id (ordinal).</summary>
    [JsonPropertyName("t")]
    public ImmutableArray<TaskState> Tasks { get; init; } = [];

    /// <summary>The version of the workflow that last changed this node.</summary>
    [JsonPropertyName("v")]
    public long Version { get; init; }

    /// <summary>Finds a task by its id; null is the anonymous one.</summary>
    public TaskState? FindTask(string? taskId) =>
        new SortedLookup<TaskState>(Tasks, static task => task.TaskId).Find(taskId);
}

/// <summary>What is known of a task below a node task.</summary>
/// <param name="TaskId">Vendor field <c>task_id</c>; null for the anonymous task.</param>
/// <param name="Status">The register of the task's status.</param>
public sealed record TaskState(
    [property: JsonPropertyName("i")] string? TaskId,
    [property: JsonPropertyName("w")] StatusRegister Status
);
