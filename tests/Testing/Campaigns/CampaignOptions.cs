namespace Orleans.Workflow.Testing.Campaigns;

/// <summary>How large and how odd a generated campaign is.</summary>
public sealed record CampaignOptions
{
    /// <summary>What is used unless something else is said.</summary>
    public static readonly CampaignOptions Default = new();

    /// <summary>How many moves there are; each is reported by one snapshot, after the first one.</summary>
    public int Moves { get; init; } = 24;

    /// <summary>The most node tasks of a workflow.</summary>
    public int MaxNodes { get; init; } = 5;

    /// <summary>The most tasks of a node task, the anonymous one among them.</summary>
    public int MaxTasksPerNode { get; init; } = 4;

    /// <summary>Of a hundred words, how many are spelled oddly (capitals, <c>_</c>, <c>-</c>, blanks).</summary>
    public int OddSpellingPercent { get; init; } = 20;

    /// <summary>Whether words outside the vocabulary are sent.</summary>
    public bool UnknownWords { get; init; } = true;

    /// <summary>Whether every task and then the workflow come to an end in the last snapshots.</summary>
    public bool RunsToItsEnd { get; init; }

    /// <summary>
    /// Whether ids look like the vendor's (32 hex digits) rather than short and readable (<c>n1</c>, <c>n1t2</c>).
    /// </summary>
    public bool VendorLikeIds { get; init; } = true;

    /// <summary>The workflow's id; null: one that follows from the seed.</summary>
    public string? WorkflowId { get; init; }
}
