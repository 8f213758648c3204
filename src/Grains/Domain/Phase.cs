namespace Orleans.Workflow.Grains.Domain;

/// <summary>How far something has come: our order over the vendor's statuses. The numbers are persisted.</summary>
public enum Phase
{
    /// <summary>Not begun.</summary>
    Scheduled = 0,

    /// <summary>Under way. Every word outside the vocabulary counts as this, so that it can neither hide an end nor be hidden by a start.</summary>
    Active = 1,

    /// <summary>Over, with an <see cref="Outcome"/>. Nothing leaves this phase.</summary>
    Ended = 2,
}
