namespace Orleans.Workflow.Grains.Domain;

/// <summary>
/// What a receipt, or one observation in it, did to the state. The order is that of precedence: the effect of a receipt is the
/// greatest of its observations' effects. The numbers are persisted.
/// </summary>
public enum Effect
{
    /// <summary>It told nothing new.</summary>
    Duplicate = 0,

    /// <summary>It told something older than what is known.</summary>
    Stale = 1,

    /// <summary>It changed the state.</summary>
    Advanced = 2,

    /// <summary>It changed the state by contradicting an end that is known.</summary>
    Conflict = 3,
}
