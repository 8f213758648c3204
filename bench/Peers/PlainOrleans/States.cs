namespace Orleans.Workflow.PlainOrleans;

/// <summary>The state of a workflow grain.</summary>
public sealed record WorkflowState
{
    /// <summary>Its name.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The status that was last reported.</summary>
    public string Status { get; set; } = string.Empty;

    /// <summary>How often it was written.</summary>
    public long Version { get; set; }

    /// <summary>The ids of its nodes.</summary>
    public List<string> Nodes { get; set; } = [];
}

/// <summary>The state of a node grain.</summary>
[GenerateSerializer, Immutable]
public sealed record NodeState
{
    /// <summary>Its id.</summary>
    [Id(0)]
    public string NodeTaskId { get; set; } = string.Empty;

    /// <summary>Its name.</summary>
    [Id(1)]
    public string Name { get; set; } = string.Empty;

    /// <summary>Its type.</summary>
    [Id(2)]
    public string NodeType { get; set; } = string.Empty;

    /// <summary>The task that was last reported.</summary>
    [Id(3)]
    public string? TaskId { get; set; }

    /// <summary>The status of that task.</summary>
    [Id(4)]
    public string? TaskStatus { get; set; }
}
