namespace Orleans.Workflow.Grains.Domain;

/// <summary>How something ended. The numbers are persisted.</summary>
public enum Outcome
{
    /// <summary>It ran to its end.</summary>
    Completed = 0,

    /// <summary>Somebody stopped it.</summary>
    Cancelled = 1,

    /// <summary>It broke.</summary>
    Failed = 2,
}
